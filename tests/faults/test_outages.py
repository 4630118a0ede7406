"""The servers below go away and come back: PostgreSQL, then Redis. Acks wait for PostgreSQL and for nothing else."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis import Redis

from tests.eventually import eventually
from tests.faults.faults import (
    GOES_ON_SECONDS,
    eventually_whole,
    kill_now,
    pause,
    why_not_going_on,
)
from tests.faults.journal import Journal
from tests.faults.visit import Visit
from tests.support.stack import Stack
from tests.support.viewer import Viewer

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]

AWAY_SECONDS = 4.0
"""Longer than a link may be silent before it counts as dead."""
SETTLE_SECONDS = 0.5
"""What was committed before the end may still be told for so long."""


async def test_without_postgresql_watchers_see_and_nobody_is_acked(stack: Stack, journal: Journal) -> None:
    server = stack.services["postgres"].process
    async with visitors(stack, journal) as (ann, bob), watcher(stack, ann) as of_ann, watcher(stack, bob) as of_bob:
        os.kill(server.pid, signal.SIGQUIT)  # "immediate": PostgreSQL ends as in a crash
        await asyncio.to_thread(server.wait, 10)
        gone = journal.write("kill", process="postgres", unacked={}).t
        await eventually(lambda: None if time.monotonic() > gone + AWAY_SECONDS else "still to wait", 2 * AWAY_SECONDS)
        for visit, viewer in ((ann, of_ann), (bob, of_bob)):
            assert acks_since(journal, visit, gone + SETTLE_SECONDS) == [], f"{visit.name} was acked without a database"
            assert pongs_since(visit, gone + SETTLE_SECONDS) >= 2, f"{visit.name}'s pings were not answered"
            assert visit.unacked > 20
            await eventually(lambda visit=visit, viewer=viewer: sees_what_is_not_acked(visit, viewer))  # type: ignore[misc]
        assert list(journal.of("link", since=gone)) == [], "a link was given up that works"

        await asyncio.to_thread(server.start)
        back = journal.write("back", process="postgres").t
        await eventually(lambda: why_not_going_on(journal, back, ann, bob), 30)
        assert max(pause(journal, visit, back) or 0 for visit in (ann, bob)) < GOES_ON_SECONDS
        for visit in (ann, bob):
            await visit.leave()
            await eventually_whole(stack, visit, journal)


async def test_redis_forgets_everything(stack: Stack, journal: Journal) -> None:
    async with visitors(stack, journal) as (ann, bob):
        with Redis.from_url(stack.env["REDIS_URL"]) as redis:
            redis.flushall()
        gone = journal.write("kill", process="redis's memory", unacked={}).t
        await eventually(lambda: why_not_going_on(journal, gone, ann, bob))
        assert max(pause(journal, visit, gone) or 0 for visit in (ann, bob)) < GOES_ON_SECONDS
        assert list(journal.of("link", since=gone)) == []
        for visit in (ann, bob):
            await visit.leave()
            await eventually_whole(stack, visit, journal)


async def test_redis_dies_and_comes_back(stack: Stack, journal: Journal) -> None:
    server = stack.services["redis"].process
    async with visitors(stack, journal) as (ann, bob):
        kill_now(server)
        await asyncio.to_thread(server.kill)
        gone = journal.write("kill", process="redis", unacked={}).t
        await eventually(lambda: why_not_going_on(journal, gone, ann, bob))
        assert max(pause(journal, visit, gone) or 0 for visit in (ann, bob)) < GOES_ON_SECONDS
        async with Visit("cleo", stack.url, journal, seed=5) as cleo:
            await eventually(lambda: cleo.why_not_on("relay"))
            cleo.talk()
            await eventually(lambda: why_not_going_on(journal, gone, cleo))
            await asyncio.to_thread(server.start)
            async with Visit("dora", stack.url, journal, seed=6) as dora:
                await eventually(lambda: dora.why_not_on("rtc"), 60)
            for visit in (ann, bob, cleo):
                await visit.leave()
                await eventually_whole(stack, visit, journal)


@asynccontextmanager
async def visitors(stack: Stack, journal: Journal) -> AsyncIterator[tuple[Visit, Visit]]:
    """Ann over the agent, Bob over the relay; both are heard and acked."""
    async with (
        Visit("ann", stack.url, journal, seed=1) as ann,
        Visit("bob", stack.url, journal, seed=2, links=frozenset({"relay"})) as bob,
    ):
        await eventually(lambda: ann.why_not_on("rtc") or bob.why_not_on("relay"), 60)
        ann.talk()
        bob.talk()
        await eventually(lambda: why_not_going_on(journal, 0.0, ann, bob))
        yield ann, bob


@asynccontextmanager
async def watcher(stack: Stack, visit: Visit) -> AsyncIterator[Viewer]:
    answer = await asyncio.to_thread(stack.api, "POST", f"recordings/{visit.recording}/watch")
    viewer = await Viewer.over_relay(stack.url, answer.raise_for_status().json()["token"], origin=stack.url)
    try:
        await viewer.watching()
        yield viewer
    finally:
        await viewer.aclose()


def acks_since(journal: Journal, visit: Visit, since: float) -> list[int]:
    """New promises; the server repeats old ones."""
    before = [one["seq"] for one in journal.of("ack", "have", visit=visit.name) if one.t <= since]
    return [one["seq"] for one in journal.of("ack", since=since, visit=visit.name) if one["seq"] > max(before)]


def pongs_since(visit: Visit, since: float) -> int:
    assert visit.ladder.current
    return sum(t > since for t in visit.ladder.current.pongs)


def sees_what_is_not_acked(visit: Visit, viewer: Viewer) -> str | None:
    seen = max((frame.seq for frame in viewer.frames), default=-1)
    if seen > visit.acked + 20:
        return None
    return f"{visit.name}'s watcher has seen up to {seen}; acked is {visit.acked}"
