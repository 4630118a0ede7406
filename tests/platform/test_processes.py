"""Processes of tests: readiness, kills that take the children, logs of the last run."""

from pathlib import Path

import pytest

from tests.eventually import eventually_sync
from tests.support.processes import Process, descendants

FAMILY = ["bash", "-c", "sleep 60 & echo born; wait"]


def make(tmp_path: Path, command: list[str]) -> Process:
    process = Process("it", command, log=tmp_path / "log")
    process._ready = lambda: None if "born" in process.text_of_this_run() else "unborn"
    return process


def test_a_kill_takes_the_children(tmp_path: Path) -> None:
    process = make(tmp_path, FAMILY)
    process.start()
    family = process.pids
    assert len(family) == 2
    process.kill()
    assert not process.alive
    eventually_sync(lambda: f"still there: {left}" if (left := [pid for pid in family if _runs(pid)]) else None)


def test_ready_looks_at_the_last_run_only(tmp_path: Path) -> None:
    process = make(tmp_path, FAMILY)
    process.start()
    process.restart()
    assert process.text().count("born") == 2
    assert process.text_of_this_run() == "born\n"
    process.stop()


def test_one_that_ends_before_it_is_ready_shows_its_log(tmp_path: Path) -> None:
    process = make(tmp_path, ["bash", "-c", "echo no such table; exit 3"])
    with pytest.raises(RuntimeError, match=r"it ended with 3\nno such table"):
        process.start()


def test_one_that_is_never_ready_is_killed(tmp_path: Path) -> None:
    process = make(tmp_path, ["sleep", "60"])
    with pytest.raises(AssertionError, match="it is not ready: unborn"):
        process.start(timeout=0.1)
    assert not process.alive


def test_one_that_does_not_stop_is_killed_and_named(tmp_path: Path) -> None:
    process = make(tmp_path, ["bash", "-c", "trap '' TERM; echo born; while :; do sleep 1; done"])
    process.start()
    with pytest.raises(AssertionError, match=r"it did not end within 0\.2 s"):
        process.stop(timeout=0.2)
    assert not process.alive


def test_descendants_reach_grandchildren(tmp_path: Path) -> None:
    with make(tmp_path, ["bash", "-c", "bash -c 'sleep 60 & echo born; wait' & wait"]) as process:
        assert len(descendants(process.pid)) == 2


def _runs(pid: int) -> bool:
    """A zombie has ended."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
