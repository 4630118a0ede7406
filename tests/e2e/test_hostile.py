"""Hostile recordings: what a stranger sends by the real ingest runs nothing, loads nothing and leads nowhere, neither
in the replay nor in the lists nor in the console. And the alarm works: it goes off when the guards are taken away.
"""

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Playwright, Route

from sessions.wire import signals
from sessions.wire.batch import Event
from tests.e2e import payloads
from tests.e2e.browser import run_browser
from tests.e2e.canary import CONTROL, ERROR_PAGE, SILENT, Listener, Lookout, listening
from tests.e2e.member import REPLAY, Member, Player
from tests.e2e.payloads import made
from tests.eventually import eventually_sync
from tests.support.collector import Collector
from tests.support.processes import ROOT
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

LINKS: Final = "a, button, input, summary, [href]"
REPLAYED: Final = f"document.querySelector('{REPLAY}').contentDocument"
CLICK: Final = """(link) =>
  link.click ? link.click() : link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))"""
WITHOUT_SANDBOX: Final = """
const { setAttribute } = Element.prototype
Element.prototype.setAttribute = function (name, value) {
  if (name !== 'sandbox') setAttribute.call(this, name, value)
}
Object.defineProperty(HTMLIFrameElement.prototype, 'sandbox', { get: () => ['allow-same-origin'] })
"""
"""Neither the stage nor the frame on it is sandboxed. rrweb builds nothing without: it is told that there is one."""
LEFT: Final = "navigation began: http://canary-a-top.example/"
"""The member's page itself is led away, by the first link that does so."""
REFUSED_FRAMES: Final = {f"frame left: {ERROR_PAGE}", f"request left: {SILENT}"}
"""Chromium connects to a frame's host before it asks the policy, says nothing, and shows a page of its own instead."""


class Stranger(Collector):
    """A collector whose every word is a payload."""

    def _hello(self) -> signals.Hello:
        said = made(payloads.HELLO)
        hello = super()._hello()
        page = signals.PageInfo(url=said["entry-url"], title=said["entry-title"], referrer=said["referrer"])
        device = {name: said[name.replace("_", "-")] for name in ("user_agent", "language", "timezone")}
        return msgspec.structs.replace(hello, page=page, device=msgspec.structs.replace(hello.device, **device))

    def write(self, without: frozenset[str]) -> None:
        """A page of payloads, and every other kind of event."""
        events: list[tuple[str, Any]] = [("dom", event) for event in payloads.rrweb_events(without=without)]
        events += made(payloads.EVENTS).values()
        for number, (kind, data) in enumerate(events):
            self.emit_batch([Event(float(number), kind, data)])


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.embedded(tmp_path_factory.mktemp("hostile") / "stack", {"SEAL_AFTER_MS": "1000"}) as stack:
        yield stack


@dataclass(frozen=True, slots=True)
class Recorded:
    id: str
    without: frozenset[str]
    """Payloads that it lacks."""


@pytest.fixture(scope="module")
def recordings(stack: Stack) -> Iterator[list[Recorded]]:
    """Two: with all payloads, and without those that would hide the others. Both strangers stay online to the end."""
    written, over = threading.Event(), threading.Event()
    found: list[Recorded] = []

    async def visit() -> None:
        strangers = [Stranger(stack.url, origin=stack.demo_site) for _ in range(2)]
        try:
            for stranger, without in zip(strangers, (frozenset[str](), payloads.SPOILERS), strict=True):
                await stranger.hello()
                await stranger.connect("relay")
                stranger.write(without)
                await stranger.all_acked()
                found.append(Recorded(str(stranger.recording), without))
            written.set()
            await asyncio.to_thread(over.wait)
        finally:
            written.set()
            for stranger in strangers:
                await stranger.aclose()

    with ThreadPoolExecutor(1) as pool:
        visiting = pool.submit(asyncio.run, visit())
        try:
            written.wait(30)
            if len(found) < 2:
                visiting.result(timeout=5)
            yield found
        finally:
            over.set()
            visiting.result(timeout=20)


@pytest.fixture
def recording(recordings: list[Recorded]) -> Recorded:
    return recordings[0]


@pytest.fixture
def bare(recordings: list[Recorded]) -> Recorded:
    """For the stage without its cleaning."""
    return recordings[1]


@pytest.fixture(scope="module")
def victim(driver: Playwright, listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser in which every strange name leads to the listener."""
    with run_browser(driver, tmp_path_factory.mktemp("victim") / "profile", *listener.arguments) as browser:
        yield browser


@pytest.fixture(scope="module")
def login(victim: Browser, stack: Stack) -> Iterator[Callable[[], BrowserContext]]:
    """Opens contexts of a member who is logged in."""
    context = victim.new_context()
    Member(context, stack).log_in()
    state = context.storage_state()
    yield lambda: victim.new_context(viewport={"width": 1400, "height": 900}, storage_state=state)
    context.close()


@pytest.fixture
def seat(login: Callable[[], BrowserContext]) -> Iterator[BrowserContext]:
    """A member's own."""
    context = login()
    yield context
    context.close()


@pytest.fixture(scope="module")
def uncleaned(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The stage's script without its cleaning."""
    out = tmp_path_factory.mktemp("uncleaned")
    script = Path(__file__).with_name("uncleaned.mjs")
    node = ROOT / ".venv/bin/node"
    subprocess.run([node, script, ROOT / "static", out], check=True, capture_output=True, timeout=120)
    return (out / "stage.js").read_bytes()


def test_there_are_enough_payloads() -> None:
    assert payloads.COUNT >= 60


def test_nothing_fires_in_the_replay(
    seat: BrowserContext, stack: Stack, recording: Recorded, listener: Listener
) -> None:
    lookout, player = replay(seat, stack, recording, listener)
    assert player.stage.locator(REPLAY).get_attribute("sandbox") == "allow-same-origin"
    for panel, name in (("events", "track"), ("console", "error"), ("network", "request")):
        player.page.locator(f"sl-player wa-tab[panel={panel}]").click()
        player.page.locator(f"sl-player wa-tab-panel[name={panel}]").get_by_text(f"canary-{name}").first.click()
    assert alarms(lookout) == []


def test_nothing_fires_in_lists_and_console(
    seat: BrowserContext, stack: Stack, recording: Recorded, listener: Listener
) -> None:
    eventually_sync(lambda: None if known_by_name(stack) else "the strangers' names are not known yet", 40)
    lookout, member = watched_member(seat, stack, listener)
    page = member.page
    paths = ["/", "/live", f"/sessions/{recording.id}", "/projects/", "/?q=canary", "/admin/"]
    tables = ["recording", "stream", "visitor", "marker", "segment", "refusal", "project"]
    paths += [f"/admin/recordings/{table}/" for table in tables]
    shown = ""
    for path in paths:
        page.goto(stack.url + path)
        shown += page.content()
        for link in rows_of(member, path):
            page.goto(stack.url + link)
            shown += page.content()
    for name in ("identity", "entry-title", "entry-url", "user-agent", "language", "timezone"):
        assert f"canary-{name}" in shown, name
    assert alarms(lookout) == []


def known_by_name(stack: Stack) -> bool:
    """Sealing told the visitors' names, and found the markers."""
    found = stack.get("recordings")["items"]
    return all("canary-identity" in recording["visitor"]["external_id"] for recording in found)


def rows_of(member: Member, path: str) -> list[str]:
    """The first rows' pages of a list in the console."""
    if not path.startswith("/admin/recordings/"):
        return []
    links = member.page.locator("#result_list tbody th a").evaluate_all("(links) => links.map((link) => link.pathname)")
    return [str(link) for link in links[:2]]


def test_the_cleaning_holds_without_the_policy(
    seat: BrowserContext, stack: Stack, recording: Recorded, listener: Listener
) -> None:
    change_stage(seat, stack, policy=False)
    lookout, _ = replay(seat, stack, recording, listener)
    assert alarms(lookout) == []


def test_sandbox_and_policy_hold_without_the_cleaning(
    seat: BrowserContext, stack: Stack, bare: Recorded, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned)
    lookout, _ = replay(seat, stack, bare, listener)
    assert set(alarms(lookout)) <= REFUSED_FRAMES


def test_the_alarm_goes_off_without_the_policy(
    seat: BrowserContext, stack: Stack, bare: Recorded, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned, policy=False)
    lookout, _ = replay(seat, stack, bare, listener)
    names = ("img-src", "css-url", "css-import", "css-font", "link-stylesheet", "video-poster", "set-src", "iframe-src")
    asked = {f"request left: GET / HTTP/1.1 Host: canary-{name}.example" for name in names}
    goes_off(lookout, asked | {"frame left: http://canary-iframe-src.example/"})


def test_the_alarm_goes_off_without_the_sandbox(
    seat: BrowserContext, stack: Stack, bare: Recorded, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned, sandbox=False)
    lookout, _ = replay(seat, stack, bare, listener)
    goes_off(lookout, {LEFT})


def test_scripts_run_where_all_guards_are_gone(
    seat: BrowserContext, stack: Stack, bare: Recorded, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned, policy=False, sandbox=False)
    lookout, _ = replay(seat, stack, bare, listener)
    names = ("img-onerror", "details", "object", "iframe-script", "iframe-srcdoc", "set-onclick")
    goes_off(lookout, {f"script ran: /canary-{name}/" for name in names})


def watched_member(seat: BrowserContext, stack: Stack, listener: Listener) -> tuple[Lookout, Member]:
    member = Member(seat, stack)
    stage = f"http://127.0.0.1:{stack.port}/stage/"
    return Lookout(seat, listener, stack.url, stage), member


def replay(seat: BrowserContext, stack: Stack, recording: Recorded, listener: Listener) -> tuple[Lookout, Player]:
    """Play the recording to its end, see that all payloads stand, click on each. Ends early where the page is left."""
    lookout, member = watched_member(seat, stack, listener)
    player = Player(member, recording.id, "?t=0")
    try:
        player.seek(60_000)
        eventually_sync(lambda: not_standing(player, recording))
        click_on_all(player)
    except (AssertionError, Error):
        if LEFT not in lookout.alarms:
            raise
    return lookout, player


def not_standing(player: Player, recording: Recorded) -> str | None:
    found = player.stage.evaluate(f"({payloads.STANDING})({REPLAYED})")
    expected = payloads.standing(without=recording.without)
    return None if found == expected else f"expected: {expected}\nstands: {found}"


def click_on_all(player: Player) -> None:
    """The pointer clicks all over the stage, then each link is told that it was meant."""
    box = player.stage.frame_element().bounding_box()
    assert box is not None
    for n in range(1, 10):
        player.page.mouse.click(box["x"] + box["width"] * n / 10, box["y"] + box["height"] * n / 10)
    for n in range(player.stage.evaluate(f"{REPLAYED}.querySelectorAll({LINKS!r}).length")):
        player.stage.evaluate(f"({CLICK})({REPLAYED}.querySelectorAll({LINKS!r})[{n}])")


def alarms(lookout: Lookout) -> list[str]:
    """What happened until now: a request of our own goes last, and proves that the listener hears this browser."""
    browser = lookout.context.browser
    assert browser is not None
    before = len(lookout.listener.asked)
    control = browser.new_context()
    control.new_page().evaluate(f"() => fetch('http://{CONTROL}/', {{ mode: 'no-cors' }}).then(() => null)")
    control.close()
    assert any(CONTROL in asked for asked in lookout.listener.asked[before:])
    return lookout.alarms


def goes_off(lookout: Lookout, expected: set[str]) -> None:
    def missing() -> str | None:
        silent = expected - set(alarms(lookout))
        return f"silent: {sorted(silent)}" if silent else None

    eventually_sync(missing)


def change_stage(
    seat: BrowserContext, stack: Stack, *, script: bytes | None = None, policy: bool = True, sandbox: bool = True
) -> None:
    """Take guards of the stage away, in this browser."""
    stage = f"http://127.0.0.1:{stack.port}"
    if script:
        seat.route(f"{stage}/static/stage.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    if not policy:
        seat.route(f"{stage}/stage/", without_policy)
    if not sandbox:
        seat.add_init_script(WITHOUT_SANDBOX)


def without_policy(route: Route) -> None:
    response = route.fetch()
    kept = {name: value for name, value in response.headers.items() if name != "content-security-policy"}
    assert len(kept) < len(response.headers)
    route.fulfill(response=response, headers=kept)
