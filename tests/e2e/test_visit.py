"""A visit to the shop in a real Chromium, recorded, watched live and replayed: page and replay show the same.

Four runs: over WebRTC and with UDP blocked, all in one process and as the processes of production.
"""

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Playwright

from tests.e2e.browser import NO_UDP, run_browser
from tests.e2e.dump import Dump, differences
from tests.e2e.member import Member, Player, recording_of
from tests.e2e.sql import rows
from tests.e2e.visit import SCENES, Moment, Visit
from tests.eventually import eventually_sync
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.services, pytest.mark.timeout(240)]

RUNS: Final = ("embedded-rtc", "embedded-relay", "production-rtc", "production-relay")
SEALED_LATE: Final = {"SEAL_AFTER_MS": "3600000", "SEAL_BYTES": "1000000000"}
"""In one process all frames stay hot, where each still says which link carried it."""
SEALED_SOON: Final = {"SEAL_AFTER_MS": "1000"}
LIVE_SECONDS: Final = 10.0
RTC: Final = 1


@dataclass(repr=False)
class Played:
    """What a visit left behind."""

    stack: Stack
    browser: Browser
    link: str
    recording: str = ""
    moments: list[Moment] = field(default_factory=list)
    restored: bool = False
    live: dict[str, str] = field(default_factory=dict)
    """Where the live view never became equal, and in what."""
    watched_over: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = self.stack.api("GET", f"recordings/{self.recording}/events").raise_for_status().text.splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]

    def times(self) -> dict[str, dict[str, Any]]:
        """The custom event of each moment, by the moment's name."""
        return {event["data"]["properties"]["name"]: event for event in self.events("track") if moment_of(event)}


def moment_of(event: dict[str, Any]) -> bool:
    return bool(event["data"]["name"] == "moment")


@pytest.fixture(scope="module", params=RUNS)
def played(
    request: pytest.FixtureRequest, driver: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    mode, link = request.param.split("-")
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as exits:
        stack = exits.enter_context(run_stack(mode, folder / "stack"))
        arguments = [NO_UDP] if link == "relay" else []
        browser = exits.enter_context(run_browser(driver, folder / "profile", *arguments))
        played = Played(stack, browser, link)
        play(played)
        yield played


def run_stack(mode: str, folder: Path) -> Any:
    return Stack.embedded(folder, SEALED_LATE) if mode == "embedded" else Stack.production(folder, SEALED_SOON)


def play(played: Played) -> None:
    """The whole visit, with a member who watches it live from the first moment on."""
    member = Member(played.browser.new_context(), played.stack)
    member.log_in()
    visit = Visit(played.browser.contexts[0], played.stack.demo_site)
    player = None
    for moment in visit.moments():
        played.moments.append(moment)
        if player is None:
            played.recording = recording_of(moment.page, played.stack)
            player = Player(member, played.recording)
        watch(played, player, moment)
    visit.end()
    played.restored = visit.restored
    played.faults = list(member.faults)
    member.context.close()
    eventually_sync(lambda: not_stored(played), 20)


def watch(played: Played, player: Player, moment: Moment) -> None:
    """The live view comes to show the moment."""
    player.follow(moment.page)
    try:
        eventually_sync(lambda: unlike(moment.dump, player.dump()), LIVE_SECONDS)
    except AssertionError as error:
        played.live[moment.name] = str(error)
    played.watched_over.add(player.element.get_attribute("data-link") or "")


def unlike(page: Dump, replay: Dump | None) -> str | None:
    return "nothing stands on the stage" if replay is None else differences(page, replay)


def not_stored(played: Played) -> str | None:
    missing = SCENES.keys() - played.times().keys()
    return f"not stored yet: {sorted(missing)}" if missing else None


def test_the_live_view_shows_the_page(played: Played) -> None:
    assert len(played.moments) >= 10
    assert not played.live, "\n\n".join(f"{name}\n{what}" for name, what in played.live.items())


def test_the_replay_shows_the_page(played: Played) -> None:
    """At all moments, in any order, twice."""
    member = Member(played.browser.new_context(), played.stack)
    member.log_in()
    player = Player(member, played.recording, "?t=0")
    times = played.times()
    wrong: dict[str, str] = {}
    for moment in shuffled(played.moments) + shuffled(played.moments):
        event = times[moment.name]
        player.choose_tab_of(event["stream"])
        player.seek(event["t"] + 1)
        if difference := unlike(moment.dump, player.dump()):
            wrong[moment.name] = difference
    faults = list(member.faults)
    member.context.close()
    assert not wrong, "\n\n".join(f"{name}\n{what}" for name, what in wrong.items())
    assert faults == []


def shuffled(moments: list[Moment]) -> list[Moment]:
    order = random.Random(len(moments))
    return order.sample(moments, len(moments))


def test_the_visit_had_its_hard_scenes(played: Played) -> None:
    """Two tabs at once, one of them hidden, and a return through the back/forward cache."""
    assert played.restored
    assert [event["data"]["cause"] for event in played.events("page")].count("restore") == 1
    assert len({event["stream"] for event in played.times().values()}) >= 5
    hidden = played.times()["a change in the hidden tab"]
    states = [
        event["data"]["state"]
        for event in played.events("visibility")
        if event["stream"] == hidden["stream"] and event["at"] <= hidden["at"]
    ]
    assert states[-1] == "hidden"


def test_frames_came_over_the_link_that_was_possible(played: Played) -> None:
    links = played.stack.get(f"recordings/{played.recording}")["links"]
    total = sum(links.values())
    assert total > 50
    if played.link == "relay":
        assert links["rtc"] == 0
        assert played.watched_over == {"relay"}
        assert not any(moment.opened for moment in played.moments)
        return
    assert links["rtc"] > 0
    assert played.watched_over == {"rtc"}


def test_almost_all_frames_come_over_an_open_channel(played: Played) -> None:
    """Of the frames made after the channel opened, by the page's own clock, at least 95 % came over `rtc`."""
    if played.link == "relay" or played.stack.env.get("DATABASE_URL"):
        pytest.skip("asked of the run over WebRTC whose frames stay in the log, where each names its link")
    events = played.times()
    opened: dict[str, float] = {}
    for moment in played.moments:
        event = events[moment.name]
        # Where the stream's clock begins on the page's, which goes on through the back/forward cache.
        began = moment.now - event["at"]
        own = [at - began for at in moment.opened if at > began]
        assert own, f"no channel was open at: {moment.name}"
        opened[event["stream"]] = own[0]
    frames = rows(played.stack, "SELECT stream_id, seq, link, first_at FROM recordings_frame ORDER BY stream_id, seq")
    later = [
        (stream[:4], seq, link, first_at - opened[hyphenated(stream)])
        for stream, seq, link, first_at in frames
        if first_at > opened.get(hyphenated(stream), float("inf"))
    ]
    astray = [frame for frame in later if frame[2] != RTC]
    assert len(later) > 50
    assert len(astray) <= 0.05 * len(later), f"{len(astray)} of {len(later)}: stream, seq, link, ms behind: {astray}"


def hyphenated(stream: str) -> str:
    """SQLite keeps UUIDs as 32 digits."""
    return f"{stream[:8]}-{stream[8:12]}-{stream[12:16]}-{stream[16:20]}-{stream[20:]}"


def test_the_collector_records_neither_its_own_traffic_nor_the_dashboard(played: Played) -> None:
    requests = played.events("request")
    assert {event["data"]["phase"] for event in requests} == {"start", "end"}
    assert [event["data"]["url"] for event in requests if played.stack.url in event["data"]["url"]] == []
    pages = [event["data"]["url"] for event in played.events("page")]
    assert pages
    assert all(url.startswith(played.stack.demo_site) for url in pages)
    # The member was at the dashboard all the time: there is no recording but the visit.
    assert [recording["id"] for recording in played.stack.get("recordings")["items"]] == [played.recording]


def test_nothing_went_wrong_at_the_dashboard(played: Played) -> None:
    assert played.faults == []


def test_what_went_wrong_in_the_shop_is_recorded(played: Played) -> None:
    failures = {event["data"]["message"] for event in played.events("error")}
    assert any("Window 4 is stuck" in message for message in failures)
    assert any("The heating did not start" in message for message in failures)
    ended = [event["data"] for event in played.events("request") if event["data"]["phase"] == "end"]
    assert {500, 404, 200, 0} <= {data["status"] for data in ended}
    assert any(event["data"]["level"] == "warn" for event in played.events("console"))


def test_no_secret_left_the_page(played: Played) -> None:
    """What was typed into the checkout, in none of the stored events."""
    stored = played.stack.api("GET", f"recordings/{played.recording}/events").raise_for_status().text
    for secret in ("4242424242424242", "moss and fern", "Orchard Lane 12", "Unseen words", "FC 5521 0098 1734"):
        assert secret not in stored, secret


def test_the_worker_sealed_it(played: Played) -> None:
    if not played.stack.env.get("DATABASE_URL"):
        pytest.skip("in one process the worker is a thread")

    def unsealed() -> str | None:
        hot = [
            stream["id"]
            for stream in played.stack.get(f"recordings/{played.recording}/playlist")["streams"]
            if stream["hot"]
        ]
        return f"hot: {hot}" if hot else None

    eventually_sync(unsealed, 40)
    sealers = {sealed_by for (sealed_by,) in rows(played.stack, "SELECT DISTINCT sealed_by FROM recordings_segment")}
    pids = {int(sealed_by.rpartition(":")[2]) for sealed_by in sealers}
    assert pids
    assert pids <= played.stack.processes["worker"].pids
