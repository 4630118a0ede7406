"""Processes that die at the worst places of all: between a write and its commit, between a commit and its ack, between
an object and its row. Each comes up with a fault built in, dies there by its own hand, and is started again whole."""

import asyncio
import signal
from typing import Final

import pytest

from sessions.failpoints import VARIABLE
from tests.eventually import eventually
from tests.faults.faults import (
    GOES_ON_SECONDS,
    age_claims,
    eventually_whole,
    pause,
    revive,
    sweep,
    why_not_going_on,
)
from tests.faults.journal import Journal
from tests.faults.links import Kind
from tests.faults.stored import objects, query
from tests.faults.visit import Visit
from tests.support.stack import Stack

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]

RELAY_ONLY: Final[frozenset[Kind]] = frozenset({"relay"})
LOG_POINTS: Final = ("log.commit", "log.committed")
SEAL_POINTS: Final = ("seal.finished", "seal.claimed", "seal.put", "seal.finish")
"""The last three leave a range to the attempt that follows, and that one tidies up behind them."""


@pytest.mark.parametrize("point", LOG_POINTS)
async def test_the_agent_dies_around_its_commit(stack: Stack, journal: Journal, point: str) -> None:
    async with Visit("ann", stack.url, journal, seed=1) as ann:
        await eventually(lambda: ann.why_not_on("rtc"), 30)
        died = await dies_at(stack, "agent", point, journal, ann)
        await eventually(lambda: why_not_going_on(journal, died, ann), 30)
        assert (pause(journal, ann, died) or 0) < GOES_ON_SECONDS
        await revive(stack, "agent", journal)
        await eventually(lambda: ann.why_not_on("rtc"), 30)
        await ann.leave()
        await eventually_whole(stack, ann, journal)


@pytest.mark.parametrize("point", LOG_POINTS)
async def test_the_web_process_dies_around_its_commit(stack: Stack, journal: Journal, point: str) -> None:
    async with Visit("bob", stack.url, journal, seed=2, links=RELAY_ONLY) as bob:
        died = await dies_at(stack, "web", point, journal, bob)
        await revive(stack, "web", journal)
        await eventually(lambda: why_not_going_on(journal, died, bob), 30)
        back = next(journal.of("back", since=died)).t
        assert (pause(journal, bob, back) or 0) < GOES_ON_SECONDS
        await bob.leave()
        await eventually_whole(stack, bob, journal)


async def test_the_worker_dies_at_each_step_of_sealing(stack: Stack, journal: Journal) -> None:
    worker = stack.processes["worker"]
    async with Visit("bob", stack.url, journal, seed=3, links=RELAY_ONLY) as bob:
        bob.talk()
        for point in SEAL_POINTS:
            before = bob.acked
            await asyncio.to_thread(worker.kill)
            await asyncio.to_thread(worker.start, env={VARIABLE: f"{point}=kill"})
            await eventually(lambda: await_death_of_a_child(stack), 60)
            assert bob.acked > before, "acks do not wait for sealing"
            await asyncio.to_thread(worker.kill)
            await asyncio.to_thread(age_claims, stack)
        await revive(stack, "worker", journal)
        await bob.leave()
        await eventually_whole(stack, bob, journal)
        await eventually(lambda: objects_without_a_row(stack, bob))


def await_death_of_a_child(stack: Stack) -> str | None:
    """Celery's tasks run in children; the parent tells of their deaths."""
    if "signal 9 (SIGKILL)" in stack.processes["worker"].text_of_this_run():
        return None
    sweep(stack)
    return "no child of the worker has died yet"


async def dies_at(stack: Stack, name: str, point: str, journal: Journal, visit: Visit) -> float:
    """Lets the process come up with the fault in it; answers when it died of it."""
    process = stack.processes[name]
    await asyncio.to_thread(process.kill)
    await asyncio.to_thread(process.start, wait=False, env={VARIABLE: f"{point}=kill"})
    visit.talk()
    await eventually(lambda: f"{name} still runs" if process.alive else None, 60)
    assert process.exit_code == -signal.SIGKILL, process.tail()
    return journal.write("kill", process=name, unacked={visit.name: visit.unacked}).t


def objects_without_a_row(stack: Stack, visit: Visit) -> str | None:
    """A worker that died between an object and its row leaves the object to the next attempt, which takes it away."""
    named = {
        key for (key,) in query(stack, "SELECT object_key FROM recordings_segment WHERE stream_id = %s", visit.stream)
    }
    found = {key for key in objects(stack) if visit.stream in key}
    return f"left over: {sorted(found - named)}" if found - named else None
