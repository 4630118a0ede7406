"""What one agent takes on one core: how many sessions, and how many frames in a second.

The processes of production (PostgreSQL with fsync, Redis, S3, web, agent, worker). The agent has the first core for
itself; everything else, and the collectors that make the load (tests/support/collector.py over aiortc), have the
others. Either ramp goes on until the p95 of acks passes ACK_LIMIT_MS, its last step, or its time. A collector costs
nearly as much as the agent's side of it, so on two cores the load may end before the agent does: what both
used of their cores stands beside, and so does the agent's CPU time for each frame.

Sealing is held back (SEAL_AFTER_MS), since worker and collectors share a core here.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from tests.bench.cores import pin
from tests.bench.report import Result, Table
from tests.support.processes import ROOT
from tests.support.stack import Stack

ACK_LIMIT_MS: Final = 300.0
RAMP_SECONDS: Final = 150.0
STEP_SECONDS: Final = 6.0
SESSION_RATE: Final = 2.0
"""Frames a second of a page that is in use all the time and that nobody watches."""
SESSION_PLAN: Final = [(sessions, SESSION_RATE) for sessions in (25, 50, 100, 150, 200, 250, 300, 400)]
FRAME_PLAN: Final = [(20, rate) for rate in (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0)]
UNLIMITED: Final = {
    "AGENT_CAPACITY": "5000",
    "LIMIT_STARTS_PER_MINUTE": "1000000",
    "LIMIT_BYTES_PER_MINUTE": "100000000000",
    "LIMIT_FRAMES_PER_MINUTE": "1000000",
    "SEAL_AFTER_MS": "3600000",
    "SEAL_BYTES": "10000000000",
}

type Step = dict[str, Any]


class Load:
    """The process that holds the collectors."""

    def __init__(self, told: IO[str], says: IO[str]) -> None:
        self._told = told
        self._says = says

    def ask(self, **message: float) -> Step:
        print(json.dumps(message), file=self._told, flush=True)
        line = self._says.readline()
        if not line:
            raise RuntimeError("the load ended early; its traceback stands above")
        answer: Step = json.loads(line)
        return answer


def run() -> Result:
    cores = sorted(os.sched_getaffinity(0))
    # Inherited by everything that is started from here on; the agent is moved afterwards.
    os.sched_setaffinity(0, set(cores[1:]) or set(cores))
    try:
        return {"cores": len(cores), "sessions": _ramp(SESSION_PLAN, cores[0]), "frames": _ramp(FRAME_PLAN, cores[0])}
    finally:
        os.sched_setaffinity(0, set(cores))


def _ramp(plan: Sequence[tuple[int, float]], core: int) -> list[Step]:
    with (
        TemporaryDirectory(prefix="sightline-bench-") as folder,
        Stack.production(Path(folder), UNLIMITED, durable=True) as stack,
    ):
        pin(stack.processes["agent"], {core})
        with _load(stack) as load:
            return list(_steps(load, plan))


@contextmanager
def _load(stack: Stack) -> Iterator[Load]:
    agent = str(stack.processes["agent"].pid)
    command = [sys.executable, "-m", "tests.bench.load", stack.url, stack.demo_site, agent]
    # The collector of the tests imports parts of the product, which ask for its settings.
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Load(process.stdin, process.stdout)


def _steps(load: Load, plan: Sequence[tuple[int, float]]) -> Iterator[Step]:
    deadline = time.monotonic() + RAMP_SECONDS
    for sessions, rate in plan:
        opened = load.ask(sessions=sessions)
        step = load.ask(rate=rate, seconds=STEP_SECONDS)
        step |= {"sessions": sessions, "rate": rate, "opened": opened["opened"], "opening_seconds": opened["seconds"]}
        print(f"  {sessions} sessions at {rate:g}/s: ack p95 {step['ack_p95_ms']:.0f} ms", flush=True)
        yield step
        if step["ack_p95_ms"] > ACK_LIMIT_MS or step["links_lost"] or time.monotonic() > deadline:
            return


def tables(result: Result) -> list[Table]:
    return [_table(name, result[name], result["cores"]) for name in ("sessions", "frames")]


def _table(name: str, steps: list[Step], cores: int) -> Table:
    header = [
        "sessions",
        "frames/s each",
        "frames/s",
        "ack p50, ms",
        "ack p95, ms",
        "agent's core",
        "load's core",
        "agent, ms/frame",
    ]
    rows = [_cells(step) for step in steps]
    kept = [step for step in steps if step["ack_p95_ms"] <= ACK_LIMIT_MS and not step["links_lost"]]
    if not kept:
        return Table(header, rows, ["No step kept the p95 of acks below the limit."])
    best = kept[-1] if name == "sessions" else max(kept, key=_frame_rate)
    said = f"{best['sessions']} sessions, {_frame_rate(best):.0f} frames/s"
    per_frame = best["agent_seconds"] / best["frames"]
    notes = [
        f"**{said}** with ack p95 {best['ack_p95_ms']:.0f} ms (limit {ACK_LIMIT_MS:.0f}), on {cores} cores. The agent "
        f"used {_busy(best, 'agent')} of its core, the load {_busy(best, 'load')} of the one it shares with the rest. "
        f"At {per_frame * 1000:.2f} ms a frame the agent's core would be full at about {1 / per_frame:.0f} frames/s."
    ]
    return Table(header, rows, notes)


def _cells(step: Step) -> list[str]:
    return [
        str(step["sessions"]),
        f"{step['rate']:g}",
        f"{_frame_rate(step):.0f}",
        f"{step['ack_p50_ms']:.0f}",
        f"{step['ack_p95_ms']:.0f}",
        _busy(step, "agent"),
        _busy(step, "load"),
        f"{step['agent_seconds'] / step['frames'] * 1000:.2f}",
    ]


def _frame_rate(step: Step) -> float:
    return float(step["frames"] / step["seconds"])


def _busy(step: Step, who: str) -> str:
    return f"{step[f'{who}_seconds'] / step['seconds']:.0%}"
