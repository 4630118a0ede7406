"""A stored visit is replayed from its objects and the database's rows alone: no frames in the log, no Redis, no agent,
no worker. On the processes of production, in a real browser.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.e2e.browser import run_browser
from tests.e2e.dump import Dump, differences
from tests.e2e.member import Member, Player, recording_of
from tests.e2e.sql import rows
from tests.e2e.visit import Moment, Visit
from tests.eventually import eventually_sync
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.services, pytest.mark.timeout(240)]

SCENES: Final = 4
END_MS: Final = 3_600_000.0
SPEAK: Final = """async () => {
  console.warn('Kept in an object')
  await fetch('/kept-in-an-object')
  sightline('track', 'kept')
}"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of the visit, with nothing but `web`, PostgreSQL and the object store running."""

    stack: Stack
    recording: str
    moments: list[Moment]
    member: Member
    worker: set[int]
    """The processes of the worker when it ran."""

    def times(self) -> dict[str, dict[str, Any]]:
        """The event of each moment, by the moment's name."""
        lines = self.stack.api("GET", f"recordings/{self.recording}/events").raise_for_status().text.splitlines()
        told = [event for event in map(json.loads, lines) if event["kind"] == "track"]
        return {event["data"]["properties"]["name"]: event for event in told if event["data"]["name"] == "moment"}


@pytest.fixture(scope="module")
def kept(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("objects")
    with ExitStack() as exits:
        stack = exits.enter_context(Stack.production(folder / "stack", {"SEAL_AFTER_MS": "1000"}))
        browser = exits.enter_context(run_browser(driver, folder / "profile"))
        visit = Visit(browser.contexts[0], stack.demo_site)
        moments = list(visit.moments(SCENES))
        recording = recording_of(visit.first, stack)
        visit.first.evaluate(SPEAK)
        visit.end()
        eventually_sync(lambda: not_at_rest(stack, recording), 60)
        worker = stack.processes["worker"].pids
        stop_all_but_web(stack)
        member = Member(browser.new_context(viewport={"width": 1400, "height": 900}), stack)
        member.log_in()
        yield Kept(stack, recording, moments, member, worker)


def not_at_rest(stack: Stack, recording: str) -> str | None:
    """All is sealed, and the visitor is known to be gone."""
    state = stack.get(f"recordings/{recording}")["state"]
    return f"{hot(stack)} frames in the log, {state}" if hot(stack) or state == "live" else None


def hot(stack: Stack) -> int:
    [(count,)] = rows(stack, "SELECT count(*) FROM recordings_frame")
    return int(count)


def stop_all_but_web(stack: Stack) -> None:
    for name in ("beat", "worker", "agent"):
        stack.processes[name].kill()
    stack.services["redis"].process.kill()


@pytest.fixture(autouse=True)
def no_faults(kept: Kept) -> Iterator[None]:
    """All is as said before and after each test, and the dashboard's console is quiet."""
    assert alone(kept.stack)
    yield
    assert alone(kept.stack)
    assert kept.member.faults == []


def alone(stack: Stack) -> bool:
    running = {name for name, process in stack.processes.items() if process.alive}
    checks = stack.api("GET", "health").json()["checks"]
    return running == {"web"} and checks["redis"] == "unreachable" and hot(stack) == 0


def test_each_moment_is_shown(kept: Kept) -> None:
    player = Player(kept.member, kept.recording, "?t=0")
    times = kept.times()
    wrong = {}
    for moment in [*kept.moments, *reversed(kept.moments)]:
        player.seek(times[moment.name]["t"] + 1)
        if difference := unlike(moment.dump, player.dump()):
            wrong[moment.name] = difference
    assert len(kept.moments) == SCENES
    assert not wrong, "\n\n".join(f"{name}\n{what}" for name, what in wrong.items())


def unlike(page: Dump, replay: Dump | None) -> str | None:
    return "nothing stands on the stage" if replay is None else differences(page, replay)


def test_the_panels_show_what_was_said(kept: Kept) -> None:
    player = Player(kept.member, kept.recording, "?t=0")
    player.seek(END_MS)
    for panel, words in (("console", "Kept in an object"), ("network", "/kept-in-an-object"), ("events", "kept")):
        player.page.locator(f"sl-player wa-tab[panel={panel}]").click()
        shown = player.page.locator(f"sl-player wa-tab-panel[name={panel}]")
        expect(shown.get_by_text(words, exact=True)).to_be_visible()


def test_the_lists_lead_to_it(kept: Kept) -> None:
    page = kept.member.page
    page.goto(f"{kept.stack.url}/live")
    expect(link_to(kept, page)).to_have_count(0)
    page.goto(kept.stack.url)
    link_to(kept, page).first.click()
    expect(page.locator("sl-player")).to_have_attribute("data-phase", "ready", timeout=15_000)


def link_to(kept: Kept, page: Page) -> Locator:
    return page.locator(f"a[href*='/sessions/{kept.recording}']")


def test_the_worker_sealed_it(kept: Kept) -> None:
    sealers = [name for (name,) in rows(kept.stack, "SELECT sealed_by FROM recordings_segment")]
    pids = {int(name.rpartition(":")[2]) for name in sealers}
    assert pids
    assert pids <= kept.worker
    assert not pids & kept.stack.processes["web"].pids
