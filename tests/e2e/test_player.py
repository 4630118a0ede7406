"""The player with recordings that go wrong, the keyboard, and what it says when the server or the login is gone."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, FrameLocator, WebSocketRoute, expect

from sessions.wire.batch import Event
from tests.e2e.member import REPLAY, Member, Player, recording_of
from tests.eventually import eventually_sync
from tests.support.collector import Collector
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

TEXT_ID: Final = 61
DIALOG_ID: Final = 70
ODD: Final[list[Any]] = [None, 1, "x", [], {}, {"toString": 1}]
SHOWN: Final = "sl-player iframe"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.embedded(tmp_path_factory.mktemp("player") / "stack") as stack:
        yield stack


@pytest.fixture(scope="module")
def login(browser: Browser, stack: Stack) -> Iterator[Callable[[], Member]]:
    """Opens contexts of a member who is logged in."""
    context = browser.new_context()
    Member(context, stack).log_in()
    state = context.storage_state()
    yield lambda: Member(browser.new_context(storage_state=state, viewport={"width": 1300, "height": 850}), stack)
    context.close()


@pytest.fixture
def member(login: Callable[[], Member]) -> Iterator[Member]:
    member = login()
    yield member
    member.context.close()


def element(id: int, tag: str, attributes: dict[str, Any] | None = None, *children: Any) -> dict[str, Any]:
    return {"type": 2, "id": id, "tagName": tag, "attributes": attributes or {}, "childNodes": list(children)}


def text(id: int, words: str) -> dict[str, Any]:
    return {"type": 3, "id": id, "textContent": words}


def page() -> list[tuple[str, Any]]:
    """A page with links, a field, a paragraph and a closed dialog."""
    links = [element(10 + i, "a", {"href": f"https://shop.example/{i}"}, text(30 + i, f"link {i}")) for i in range(3)]
    paragraph = element(60, "p", {}, text(TEXT_ID, "first"))
    dialog = element(DIALOG_ID, "dialog", {}, element(71, "a", {"href": "https://shop.example/"}, text(72, "more")))
    body = element(5, "body", {}, *links, element(50, "input"), paragraph, dialog)
    doctype = {"type": 1, "id": 2, "name": "html", "publicId": "", "systemId": ""}
    document = {"type": 0, "id": 1, "childNodes": [doctype, element(3, "html", {}, element(4, "head"), body)]}
    return [
        ("page", {"cause": "load", "url": "https://shop.example/", "title": "Shop", "referrer": ""}),
        ("dom", {"type": 4, "data": {"href": "https://shop.example/", "width": 1200, "height": 800}}),
        ("dom", {"type": 2, "data": {"node": document, "initialOffset": {"left": 0, "top": 0}}}),
    ]


def change(words: str) -> tuple[str, Any]:
    texts = [{"id": TEXT_ID, "value": words}]
    return "dom", {"type": 3, "data": {"source": 0, "adds": [], "removes": [], "texts": texts, "attributes": []}}


def recorded(stack: Stack, events: list[tuple[float, str, Any]]) -> str:
    """The id of a recording of these events, one page load that is over."""

    async def visit() -> str:
        collector = Collector(stack.url, origin=stack.demo_site)
        await collector.hello()
        await collector.connect("relay")
        collector.emit_batch([Event(at, kind, data) for at, kind, data in events])
        collector.end()
        await collector.all_acked()
        await collector.aclose()
        return str(collector.recording)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, visit()).result(timeout=20)


def replay(member: Member) -> FrameLocator:
    return member.page.frame_locator(SHOWN).frame_locator(REPLAY)


def test_odd_events_stop_neither_playing_nor_the_panels(stack: Stack, member: Member) -> None:
    """One of each kind with each odd value, then changes of the page; played, not sought."""
    kinds = ("pointer", "click", "viewport", "visibility", "console", "error", "request", "page", "track", "dom")
    odd = [(kind, data) for kind in kinds for data in ODD]
    odd += [("page", {"url": {"toString": 1}}), ("console", {"level": "log", "args": [{"toString": 1}]})]
    events = [(1.0, *event) for event in page()] + [(2.0, *event) for event in odd]
    events += [(500.0, *change("second")), (1500.0, *change("third"))]
    Player(member, recorded(stack, events), "?t=1")
    expect(replay(member).locator("p")).to_have_text("third", timeout=8000)
    expect(member.page.locator("sl-events .row").first).to_be_visible()
    assert member.faults == []


def focused(member: Member) -> str:
    """The element of the player that has the focus."""
    return str(member.page.evaluate("document.activeElement.shadowRoot?.activeElement?.localName ?? ''"))


def test_the_keyboard_stays_with_the_player(stack: Stack, member: Member) -> None:
    """Nothing of the replayed page keeps the focus: not by Tab, not by a dialog that opens, not by a call."""
    opened = {"id": DIALOG_ID, "attributes": {"open": "", "rr_open_mode": "modal"}}
    mutation = {"type": 3, "data": {"source": 0, "adds": [], "removes": [], "texts": [], "attributes": [opened]}}
    player = Player(member, recorded(stack, [(1.0, *event) for event in page()] + [(50.0, "dom", mutation)]))
    player.seek(1)
    link = replay(member).locator("a").first
    expect(link).to_have_text("link 0")
    for _ in range(40):
        member.page.keyboard.press("Tab")
        assert focused(member) != "iframe"
    member.page.get_by_role("button", name="Full screen").focus()
    player.seek(60)
    assert replay(member).locator("dialog").evaluate("dialog => dialog.matches(':modal')")
    assert focused(member) == "button"
    player.seek(1)
    link.evaluate("link => link.focus()")
    eventually_sync(lambda: "the replay has the focus" if focused(member) == "iframe" else None)
    member.page.evaluate("document.activeElement.blur()")
    member.page.keyboard.press("Enter")
    expect(link).to_have_text("link 0")
    assert "chrome-error://chromewebdata/" not in [frame.url for frame in member.page.frames]


def test_keys_do_nothing_behind_the_help(stack: Stack, member: Member) -> None:
    player = Player(member, recorded(stack, [(1.0, *event) for event in page()] + [(60_000.0, *change("late"))]))
    player.seek(1)
    member.page.keyboard.press("?")
    expect(member.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    member.page.keyboard.press("k")
    member.page.keyboard.press("?")
    expect(member.page.get_by_role("dialog", name="Keyboard")).to_be_hidden()
    expect(player.element).to_have_attribute("data-playing", "false")
    member.page.keyboard.press("k")
    expect(player.element).to_have_attribute("data-playing", "true")


def test_a_link_to_the_beginning_shows_the_beginning_while_the_visit_is_live(stack: Stack, member: Member) -> None:
    events = [(1.0, *event) for event in page()] + [(3000.0, *change("late"))]
    player = Player(member, recorded(stack, events), "?t=0")
    expect(replay(member).locator("p")).to_have_text("first")
    expect(player.element).to_have_attribute("data-live", "true")
    expect(replay(member).locator("p")).to_have_text("late")


def test_a_server_that_is_away_is_said_and_waited_for(stack: Stack, member: Member) -> None:
    recording = recorded(stack, [(1.0, *event) for event in page()])
    member.page.route("**/playlist", lambda route: route.abort())
    member.page.goto(f"{stack.url}/sessions/{recording}")
    expect(member.page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    member.page.unroute("**/playlist")
    back(member)
    expect(replay(member).locator("p")).to_have_text("first")
    expect(member.page.get_by_role("alert")).to_have_count(0)


def test_who_is_signed_out_while_watching_is_told_and_goes_on_after_signing_in(
    stack: Stack, member: Member, browser: Browser
) -> None:
    visitor = browser.new_context()
    shop = visitor.new_page()
    shop.goto(stack.demo_site)
    sockets: list[WebSocketRoute] = []
    member.page.add_init_script("delete window.RTCPeerConnection")
    member.page.route_web_socket("**/ws/watch", lambda socket: sockets.append(socket.connect_to_server()))
    player = Player(member, recording_of(shop, stack))
    expect(player.element).to_have_attribute("data-link", "relay")
    login: Any = member.context.cookies()
    member.context.clear_cookies()
    for socket in sockets:
        socket.close()
    expect(member.page.locator("sl-player .trouble")).to_contain_text("You are signed out")
    expect(member.page.locator("sl-player .live")).to_contain_text("no connection")
    member.context.add_cookies(login)
    back(member)
    expect(player.element).to_have_attribute("data-link", "relay")
    expect(member.page.locator("sl-player .trouble")).to_have_text("")
    visitor.close()


def back(member: Member) -> None:
    """The member's network is back, says the browser."""
    member.page.evaluate("dispatchEvent(new Event('online'))")
