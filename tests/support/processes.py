"""Real processes of a test: started, asked whether they are ready, killed and started again, their log in a file."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.eventually import eventually_sync

ROOT = Path(__file__).resolve().parents[2]


def descendants(pid: int) -> set[int]:
    """The children of a process, their children, and so on."""
    children: dict[int, set[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal() and (parent := _parent(name)):
            children.setdefault(parent, set()).add(int(name))
    found: set[int] = set()
    queue = [pid]
    while queue:
        new = children.get(queue.pop(), set()) - found
        found |= new
        queue.extend(new)
    return found


def _parent(pid: str) -> int | None:
    """None when it has just ended."""
    try:
        stat = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except OSError:
        return None
    try:
        return int(os.read(stat, 512).rpartition(b")")[2].split()[1])
    except OSError:
        return None
    finally:
        os.close(stat)


OWNED: set["Process"] = set()
"""Those with somebody who stops them: whatever a test does to them, they are no leak."""

type Ready = Callable[[], str | None]
"""None when the process serves, else why it does not yet."""


class Process:
    """One command in a process group of its own, so that a kill takes its children too."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log: Path,
        ready: Ready = lambda: None,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._ready = ready
        self._env = {**os.environ, **(env or {})}
        self._cwd = cwd
        self._stop_signal = stop_signal
        self._popen: subprocess.Popen[bytes] | None = None
        self._log_offset = 0

    def __enter__(self) -> Self:
        self.start()
        OWNED.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        OWNED.discard(self)
        self.stop()

    @property
    def pid(self) -> int:
        assert self._popen is not None, f"{self.name} was not started"
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self._popen is None else self._popen.poll()

    @property
    def pids(self) -> set[int]:
        """The process and all that descend from it."""
        return descendants(self.pid) | {self.pid} if self._popen else set()

    def start(self, *, wait: bool = True, timeout: float = 60.0, env: Mapping[str, str] | None = None) -> None:
        """`env` is added for this run only."""
        assert not self.alive, f"{self.name} runs already"
        self._log_offset = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self._env, **(env or {})},
                cwd=self._cwd,
                start_new_session=True,
            )
        if wait:
            self.wait_ready(timeout)

    def wait_ready(self, timeout: float = 60.0) -> None:
        try:
            eventually_sync(self._why_not_ready, timeout)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """`kill -9` for it and all that descend from it; none gets a chance to put anything away."""
        pids = self.pids
        self._signal(signal.SIGKILL)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._reap(10)

    def stop(self, timeout: float = 15.0) -> None:
        """Asks it to end, and waits; kills it, and says so, when it does not. Does nothing where it has ended."""
        if not self.alive:
            return
        os.kill(self.pid, self._stop_signal)
        try:
            self._reap(timeout)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {timeout:g} s\n{self.tail()}") from error
        self._signal(signal.SIGKILL)  # what it may have left in its group

    def wait(self, timeout: float) -> int:
        """Wait for an end of its own; returns the exit code."""
        self._reap(timeout)
        assert self._popen is not None
        return self._popen.returncode

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freezes it, as a machine that hangs; `resume` lets it go on."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def text_of_this_run(self) -> str:
        """The log since the last start."""
        return self.log.read_bytes()[self._log_offset :].decode(errors="replace") if self.log.exists() else ""

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.text().splitlines()[-lines:])

    def _why_not_ready(self) -> str | None:
        if not self.alive:
            raise RuntimeError(f"{self.name} ended with {self.exit_code}\n{self.tail()}")
        reason = self._ready()
        return reason and f"{self.name} is not ready: {reason}\n{self.tail(20)}"

    def _signal(self, number: signal.Signals) -> None:
        if self._popen is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, number)

    def _reap(self, timeout: float) -> None:
        if self._popen is not None:
            self._popen.wait(timeout)
