"""Hostile recordings: what a stranger sends by the real ingest runs nothing, loads nothing and leads nowhere, neither
in the replay nor in the lists nor in the console. And the alarm works: it goes off when the guards are taken away.
"""

import asyncio
import http.client
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Playwright, Route

from sessions.wire import signals
from sessions.wire.batch import Event
from tests.e2e import payloads
from tests.e2e.browser import run_browser
from tests.e2e.canary import Listener, Lookout, listening
from tests.e2e.member import REPLAY, Member, Player
from tests.e2e.payloads import made
from tests.eventually import eventually_sync
from tests.support.collector import Collector
from tests.support.processes import ROOT
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

CONTROL: Final = "control.example"
LINKS: Final = "a, button, input, summary, [href]"


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


@pytest.fixture(scope="module")
def recordings(stack: Stack) -> Iterator[list[str]]:
    """Two: with all payloads, and without those that would hide the others. Both strangers stay online to the end."""
    written, over = threading.Event(), threading.Event()
    found: list[str] = []

    async def visit() -> None:
        strangers = [Stranger(stack.url, origin=stack.demo_site) for _ in range(2)]
        try:
            for stranger, without in zip(strangers, (frozenset[str](), payloads.SPOILERS), strict=True):
                await stranger.hello()
                await stranger.connect("relay")
                stranger.write(without)
                await stranger.all_acked()
                found.append(str(stranger.recording))
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
def recording(recordings: list[str]) -> str:
    return recordings[0]


@pytest.fixture
def bare(recordings: list[str]) -> str:
    """For the stage without its cleaning."""
    return recordings[1]


@pytest.fixture(scope="module")
def victim(driver: Playwright, listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser in which every strange name leads to the listener."""
    with run_browser(driver, tmp_path_factory.mktemp("victim") / "profile", listener.resolver_rules) as browser:
        yield browser


@pytest.fixture
def seat(victim: Browser) -> Iterator[BrowserContext]:
    """A member's own."""
    context = victim.new_context(viewport={"width": 1400, "height": 900})
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


def test_nothing_fires_in_the_replay(seat: BrowserContext, stack: Stack, recording: str, listener: Listener) -> None:
    lookout, player = replay(seat, stack, recording, listener)
    assert player.stage.locator(REPLAY).get_attribute("sandbox") == "allow-same-origin"
    for panel in ("events", "console", "network"):
        player.page.locator(f"sl-player wa-tab[panel={panel}]").click()
    assert alarms(lookout) == []


def test_nothing_fires_in_lists_and_console(
    seat: BrowserContext, stack: Stack, recording: str, listener: Listener
) -> None:
    eventually_sync(lambda: None if known_by_name(stack) else "the strangers' names are not known yet", 40)
    lookout, member = watched_member(seat, stack, listener)
    page = member.page
    paths = ["/", "/live", f"/sessions/{recording}", "/projects/", "/?q=canary", "/admin/"]
    tables = ["recording", "stream", "visitor", "marker", "segment", "refusal", "project"]
    paths += [f"/admin/recordings/{table}/" for table in tables]
    shown = ""
    for path in paths:
        page.goto(stack.url + path)
        shown += page.content()
        for link in rows_of(member, path):
            page.goto(stack.url + link)
            shown += page.content()
    assert "canary-identity" in shown
    assert "canary-entry-title" in shown
    assert alarms(lookout) == []


def known_by_name(stack: Stack) -> bool:
    """Sealing told the visitors' names, and found the markers."""
    found = stack.get("recordings")["items"]
    return all("canary-identity" in recording["visitor"]["external_id"] for recording in found)


def rows_of(member: Member, path: str) -> list[str]:
    """The first rows' pages of a list in the console."""
    if not path.startswith("/admin/recordings/"):
        return []
    links = member.page.locator("#result_list th a").evaluate_all("(links) => links.map((link) => link.pathname)")
    return [str(link) for link in links[:3]]


def test_sandbox_and_policy_hold_without_the_cleaning(
    seat: BrowserContext, stack: Stack, bare: str, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned)
    lookout, _ = replay(seat, stack, bare, listener)
    assert alarms(lookout) == []


def test_the_alarm_goes_off_without_the_policy(
    seat: BrowserContext, stack: Stack, bare: str, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned, policy=False)
    lookout, _ = replay(seat, stack, bare, listener)
    fired = alarms(lookout)
    assert any("canary-img-src" in alarm for alarm in fired)
    assert any("canary-css-url" in alarm for alarm in fired)


def test_the_alarm_goes_off_without_the_sandbox(
    seat: BrowserContext, stack: Stack, bare: str, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned, sandbox=False)
    lookout, _ = replay(seat, stack, bare, listener)
    assert any(alarm.startswith(("new page", "navigation", "download")) for alarm in alarms(lookout))


def test_scripts_run_where_all_guards_are_gone(
    seat: BrowserContext, stack: Stack, bare: str, listener: Listener, uncleaned: bytes
) -> None:
    change_stage(seat, stack, script=uncleaned, policy=False, sandbox=False)
    lookout, _ = replay(seat, stack, bare, listener)
    assert any(alarm.startswith("script ran") for alarm in alarms(lookout))


def watched_member(seat: BrowserContext, stack: Stack, listener: Listener) -> tuple[Lookout, Member]:
    member = Member(seat, stack)
    member.log_in()
    stage = f"http://127.0.0.1:{stack.port}/stage/"
    return Lookout(seat, listener, stack.url, stage), member


def replay(seat: BrowserContext, stack: Stack, recording: str, listener: Listener) -> tuple[Lookout, Player]:
    """Play the recording to its end, then click on everything in it. Ends early where a page is left."""
    lookout, member = watched_member(seat, stack, listener)
    player = Player(member, recording, "?t=0")
    rebuilt = f"document.querySelector('{REPLAY}')?.contentDocument"

    def missing() -> str | None:
        whole = player.stage.evaluate(f"!!{rebuilt}?.getElementById('{payloads.SENTINEL}')")
        return None if whole else "the page is not rebuilt to its end"

    try:
        player.seek(60_000)
        eventually_sync(missing)
        for n in range(25):
            player.page.mouse.click(60 + 30 * n, 150 + 20 * n)
        player.stage.evaluate(f"{rebuilt}.querySelectorAll('{LINKS}').forEach((link) => link.click?.())")
    except (AssertionError, Error):
        if not lookout.alarms:
            raise
    return lookout, player


def alarms(lookout: Lookout) -> list[str]:
    """What happened until now: a request of our own goes last, and proves that the listener hears."""
    heard = lookout.alarms
    with ThreadPoolExecutor(1) as pool:
        before = len(lookout.listener.asked)
        pool.submit(ask, lookout.listener).result(timeout=10)
        eventually_sync(lambda: None if len(lookout.listener.asked) > before else "the listener is deaf")
    return [alarm for alarm in dict.fromkeys([*heard, *lookout.alarms]) if CONTROL not in alarm]


def ask(listener: Listener) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=5)
    connection.request("GET", "/", headers={"Host": CONTROL})
    connection.getresponse().read()
    connection.close()


def change_stage(
    seat: BrowserContext, stack: Stack, *, script: bytes, policy: bool = True, sandbox: bool = True
) -> None:
    """Take guards of the stage away, in this browser."""
    stage = f"http://127.0.0.1:{stack.port}"
    seat.route(f"{stage}/static/stage.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    if not policy:
        seat.route(f"{stage}/stage/", without_policy)
    if not sandbox:
        seat.add_init_script(WITHOUT_SANDBOX)


WITHOUT_SANDBOX: Final = """
const { setAttribute } = Element.prototype
Element.prototype.setAttribute = function (name, value) {
  if (name !== 'sandbox') setAttribute.call(this, name, value)
}
"""


def without_policy(route: Route) -> None:
    response = route.fetch()
    kept = {name: value for name, value in response.headers.items() if name != "content-security-policy"}
    route.fulfill(response=response, headers=kept)
