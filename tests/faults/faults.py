"""What is done to a running stack, and what is asked of it afterwards."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from celery import Celery

from sessions.wire import batch
from tests.eventually import eventually
from tests.faults.checker import check_events, check_stored, promise
from tests.faults.journal import Entry, Journal, read
from tests.faults.stored import query, stored_stream
from tests.faults.visit import Visit
from tests.support.ports import answers
from tests.support.processes import Process
from tests.support.stack import Stack

GOES_ON_SECONDS: Final = 5.0
"""What is promised: the recording goes on by itself within this time."""


def kill_now(process: Process) -> None:
    """SIGKILL for the whole group, within this very turn of the loop."""
    os.killpg(process.pid, signal.SIGKILL)


async def revive(stack: Stack, name: str, journal: Journal, *, after: float = 0.0) -> None:
    """What a supervisor does: notices the end, waits, and starts the process again."""
    process = stack.processes[name]
    await asyncio.to_thread(process.kill)  # takes what may be left of its children, and its exit code
    await asyncio.sleep(after)
    if name == "web":
        await asyncio.to_thread(process.start, wait=False)
        await eventually(lambda: answers(stack.port), 30)
        journal.write("back", process=name)
        await asyncio.to_thread(process.wait_ready, 30)
    else:
        await asyncio.to_thread(process.start)
        journal.write("back", process=name)


def sweep(stack: Stack) -> None:
    """Asks for what beat asks for every ten seconds."""
    with Celery(broker=stack.env["REDIS_URL"], set_as_current=False) as app:
        app.send_task("recordings.sweep", ignore_result=True)


def age_claims(stack: Stack) -> None:
    """As if two minutes had passed since a worker claimed what it seals: another may take it over now."""
    query(stack, "UPDATE recordings_sealing SET claimed_at = claimed_at - interval '2 minutes'")


def sealed_to(stack: Stack, visit: Visit) -> int:
    return int(query(stack, "SELECT sealed_to FROM recordings_stream WHERE id = %s", visit.stream)[0][0])


async def eventually_sealed(stack: Stack, visit: Visit, seq: int, timeout: float = 30.0) -> None:
    """Waits until everything up to `seq` is sealed; asks for it again and again, as beat does."""

    def why_not() -> str | None:
        if (now := sealed_to(stack, visit)) >= seq:
            return None
        age_claims(stack)
        sweep(stack)
        return f"{visit.name}: sealed up to {now}, not {seq}"

    for _ in range(int(timeout)):
        if await asyncio.to_thread(why_not) is None:
            return
        await asyncio.sleep(1)
    raise AssertionError(await asyncio.to_thread(why_not))


def events_of(stack: Stack, visit: Visit) -> list[batch.Event]:
    """What the product's own API tells of the visit's stream."""
    answer = stack.api("GET", f"recordings/{visit.recording}/events", params={"stream": visit.stream})
    lines = answer.raise_for_status().content.splitlines()
    return [msgspec.json.decode(line, type=batch.Event) for line in lines]


def faults_of(stack: Stack, visit: Visit, journal: Path) -> list[str]:
    """Everything that is wrong with what is stored of the visit, by what the journal on the disk says."""
    promised = promise(read(journal), visit.stream)
    stored = stored_stream(stack, visit.stream)
    found = check_stored(promised, stored.batches) + check_events(promised, events_of(stack, visit))
    return [f"{visit.name}: {sentence}" for sentence in found + ["a gap"] * stored.gaps]


def link_counts(stack: Stack, visit: Visit) -> Mapping[str, int]:
    """Frames of the recording by link, as the API tells."""
    counts: dict[str, int] = stack.get(f"recordings/{visit.recording}")["links"]
    return counts


def pause(journal: Journal, visit: Visit, since: float) -> float | None:
    """Seconds from `since` to the first ack of something that was sent after it; None: there is none yet."""
    sent = next(journal.of("sent", since=since, visit=visit.name), None)
    if sent is None:
        return None
    for told in journal.of("ack", "have", since=sent.t, visit=visit.name):
        if told["seq"] >= sent["seq"]:
            return told.t - since
    return None


def why_not_going_on(journal: Journal, since: float, *visits: Visit) -> str | None:
    """None as soon as everybody was acked something that was sent after `since`."""
    waiting = [visit.name for visit in visits if pause(journal, visit, since) is None]
    return f"nothing acked yet for {waiting}" if waiting else None


def taken_along(journal: Journal, visit: Visit, death: Entry) -> int:
    """Frames that the dead process had been sent and had not committed: the next link was asked for them again."""
    have = next(journal.of("have", since=death.t, visit=visit.name), None)
    if have is None:
        return 0
    sent = [one["seq"] for one in journal.of("sent", visit=visit.name) if one.t < death.t]
    return max(0, max(sent, default=-1) - int(have["seq"]))


async def eventually_whole(stack: Stack, visit: Visit, journal: Journal) -> None:
    """Everything is as it should be, as it is now, and again when everything is sealed."""
    await _check_whole(stack, visit, journal)
    await eventually_sealed(stack, visit, visit.acked)
    await _check_whole(stack, visit, journal)


async def _check_whole(stack: Stack, visit: Visit, journal: Journal) -> None:
    if found := await asyncio.to_thread(faults_of, stack, visit, journal.path):
        raise AssertionError("\n".join(found[:20]))
