"""What a test must not leave behind: threads, child processes, open peer connections, asyncio tasks."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiortc import RTCPeerConnection

from tests.eventually import eventually, eventually_sync
from tests.support.processes import OWNED, descendants

GRACE_SECONDS = 3.0

SHARED_THREADS = (
    "ThreadPoolExecutor",  # asgiref's one thread for sync code
    "asyncio_",  # the default executor of a loop that is still open
    "pool-",  # psycopg's pool, which lives as long as Django's connection settings
)


@contextmanager
def no_leaks() -> Iterator[None]:
    """Fails when there are more of them at the end than at the beginning, after a moment's grace."""
    threads, children, peers = set(threading.enumerate()), descendants(os.getpid()), _open_peers()
    yield
    eventually_sync(lambda: _leaked_threads(threads), GRACE_SECONDS)
    eventually_sync(lambda: _leaked_children(children), GRACE_SECONDS)
    eventually_sync(lambda: _leaked_peers(peers), GRACE_SECONDS)


async def no_leaked_tasks(before: set[asyncio.Task[object]]) -> None:
    """Fails while tasks run that were not there before."""
    current = asyncio.current_task()

    def left() -> str | None:
        tasks = [task for task in asyncio.all_tasks() - before if task is not current and not task.done()]
        return f"asyncio tasks left behind: {tasks}" if tasks else None

    await eventually(left, GRACE_SECONDS)


def _leaked_threads(before: set[threading.Thread]) -> str | None:
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not thread.name.startswith(SHARED_THREADS)
    ]
    return f"threads left behind: {left}" if left else None


def _leaked_children(before: set[int]) -> str | None:
    owned = {pid for process in OWNED for pid in process.pids}
    left = {pid: _command(pid) for pid in descendants(os.getpid()) - before - owned}
    return f"processes left behind: {left}" if left else None


def _leaked_peers(before: set[RTCPeerConnection]) -> str | None:
    left = _open_peers() - before
    return f"{len(left)} peer connections left open" if left else None


def _open_peers() -> set[RTCPeerConnection]:
    return {peer for peer in _PEERS if peer.connectionState != "closed"}


_PEERS: WeakSet[RTCPeerConnection] = WeakSet()
_make_peer = RTCPeerConnection.__init__


def _make_known_peer(self: RTCPeerConnection, *arguments: Any, **named: Any) -> None:
    _PEERS.add(self)
    _make_peer(self, *arguments, **named)


RTCPeerConnection.__init__ = _make_known_peer  # type: ignore[method-assign]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:120]
    except OSError:
        return "(gone)"
