"""Which cores processes run on, and how long they have run there. Linux only."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.support.processes import Process

TICK: Final = os.sysconf("SC_CLK_TCK")


def pin(process: Process, cores: set[int]) -> None:
    """All threads of a process and of what descends from it."""
    for pid in process.pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), cores)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
