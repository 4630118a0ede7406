"""Collectors over WebRTC in one process, told what to do line by line: JSON in, JSON out.

{"sessions": n}                    have n sessions open; answers when they are
{"rate": r, "seconds": s}          let each send r frames a second for so long; answers with what was seen
"""

import asyncio
import json
import os
import random
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any, Final

import django
import uvloop

django.setup()

from tests.bench.cores import cpu_seconds  # noqa: E402
from tests.bench.figures import percentile  # noqa: E402
from tests.eventually import eventually  # noqa: E402
from tests.support.collector import Collector  # noqa: E402

OPENING_AT_ONCE: Final = 4
WARM_SECONDS: Final = 1.0
LATE_SECONDS: Final = 5.0
"""Frames whose ack takes longer than the run and this count with what they waited."""
LINES: Final = 8


class Session:
    """One stream. Notes when each frame left and how long its ack took."""

    def __init__(self, url: str, origin: str, number: int) -> None:
        self.collector = Collector(url, origin=origin, tab=f"tab-{number}")
        self.collector.on_sent = self._on_sent
        self.collector.on_acked = self._on_acked
        self.left: dict[int, float] = {}
        self.waits: list[float] = []
        self.frames = 0
        self._random = random.Random(number)

    async def open(self) -> None:
        await self.collector.hello()
        await self.collector.connect("rtc")

    async def send(self, rate: float, until: float) -> float:
        """Frames at an even pace of its own; returns how late the last one was, in seconds."""
        due = time.monotonic() + self._random.random() / rate
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.collector.emit("dom", self._change())
            self.frames += 1
            due += 1 / rate
        return time.monotonic() - until

    def begin(self) -> None:
        self.waits.clear()
        self.frames = 0

    def still_waiting(self) -> list[float]:
        now = time.monotonic()
        return [now - left for left in self.left.values()]

    def _change(self) -> dict[str, Any]:
        """About what half a second of a page in use is: some texts and attributes, 0.9 KB of JSON."""
        number = self._random.randrange
        texts = [{"id": number(4_000), "value": f"{number(10**9):x} of {number(100)}"} for _ in range(LINES)]
        attributes = [{"id": number(4_000), "attributes": {"class": f"row-{number(10**6)}"}} for _ in range(LINES)]
        return {"type": 3, "data": {"source": 0, "texts": texts, "attributes": attributes, "removes": [], "adds": []}}

    def _on_sent(self, seq: int, digest: str) -> None:
        self.left[seq] = time.monotonic()

    def _on_acked(self, seq: int) -> None:
        now = time.monotonic()
        for known in [known for known in self.left if known <= seq]:
            self.waits.append(now - self.left.pop(known))


class Load:
    def __init__(self, url: str, origin: str, agent: int) -> None:
        self._url = url
        self._origin = origin
        self._pids = (os.getpid(), agent)
        self._sessions: list[Session] = []

    async def obey(self, told: dict[str, Any]) -> dict[str, Any]:
        if "sessions" in told:
            return await self._open(told["sessions"])
        return await self._measure(told["rate"], told["seconds"])

    async def _open(self, count: int) -> dict[str, Any]:
        began = time.monotonic()
        missing = [Session(self._url, self._origin, n) for n in range(len(self._sessions), count)]
        gate = asyncio.Semaphore(OPENING_AT_ONCE)

        async def open_one(session: Session) -> None:
            async with gate:
                await session.open()

        await asyncio.gather(*(open_one(session) for session in missing))
        self._sessions += missing
        for gone in self._sessions[count:]:
            await gone.collector.aclose()
        del self._sessions[count:]
        return {"sessions": count, "opened": len(missing), "seconds": time.monotonic() - began}

    async def _measure(self, rate: float, seconds: float) -> dict[str, Any]:
        await self._send(rate, WARM_SECONDS)
        for session in self._sessions:
            session.begin()
        began, before = time.monotonic(), [cpu_seconds(pid) for pid in self._pids]
        late = await self._send(rate, seconds)
        took = time.monotonic() - began
        own, agent = [cpu_seconds(pid) - then for pid, then in zip(self._pids, before, strict=True)]
        await self._settle()
        waits = [wait for session in self._sessions for wait in (*session.waits, *session.still_waiting())]
        return {
            "frames": sum(session.frames for session in self._sessions),
            "seconds": took,
            "load_seconds": own,
            "agent_seconds": agent,
            "late_ms": late * 1000,
            "ack_p50_ms": percentile(waits, 0.5) * 1000,
            "ack_p95_ms": percentile(waits, 0.95) * 1000,
            "unacked": sum(len(session.left) for session in self._sessions),
            "links_lost": sum(
                not link or link.closed for link in (session.collector.link for session in self._sessions)
            ),
        }

    async def _send(self, rate: float, seconds: float) -> float:
        until = time.monotonic() + seconds
        return max(await asyncio.gather(*(session.send(rate, until) for session in self._sessions)))

    async def _settle(self) -> None:
        with suppress(AssertionError):
            waiting = "acks are missing"
            await eventually(lambda: waiting if any(s.left for s in self._sessions) else None, LATE_SECONDS)


async def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("origin")
    parser.add_argument("agent", type=int, help="its process")
    asked = parser.parse_args()
    load = Load(asked.url, asked.origin, asked.agent)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await load.obey(json.loads(line))), flush=True)
    await load.obey({"sessions": 0})


if __name__ == "__main__":
    asyncio.run(main(), loop_factory=uvloop.new_event_loop)
