"""The seam: what a tail does, whether it serves one process or many, and one watcher's queue."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from sessions.wire.limits import WATCH_WINDOW_BYTES

type Item = bytes | str
"""A frame as it came, or a notice (`opened`, `closed`) as control JSON."""
type OnWatched = Callable[[bool], None]
"""Told when somebody begins to watch (True) or the last one left."""
type Cancel = Callable[[], None]


class Overflow(Exception):
    """The watcher took things out more slowly than they came in; what it missed is in the log."""


class Subscription:
    """One watcher's queue, bounded in bytes. `async for` ends when it is closed and raises `Overflow` when late."""

    def __init__(self, on_close: Callable[["Subscription"], None], limit: int = WATCH_WINDOW_BYTES) -> None:
        self.on_late: Callable[[], None] | None = None
        """Called once, on the subscription's loop, at the moment when it is late."""
        self._on_close = on_close
        self._limit = limit
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._late = False
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()

    def push(self, item: Item) -> None:
        """From the loop of the subscription, or from any other thread."""
        if _running_loop() is self._loop:
            self._push(item)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._push, item)

    def _push(self, item: Item) -> None:
        if self._late or self._closed:
            return
        if self._bytes + len(item) > self._limit:
            self._late = True
            self._items.clear()
            if self.on_late:
                self.on_late()
        else:
            self._items.append(item)
            self._bytes += len(item)
        self._wake.set()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Item:
        while not self._items:
            if self._late:
                raise Overflow
            if self._closed:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        item = self._items.popleft()
        self._bytes -= len(item)
        return item

    def close(self) -> None:
        """Ends the iteration behind what waits. Closing twice is closing once."""
        if not self._closed:
            self._closed = True
            self._on_close(self)
            self._wake.set()


class Tail(Protocol):
    """All methods but `aclose` return at once; `subscribe` and `on_watched` are called on a running loop."""

    def publish(self, recording: UUID, item: Item) -> None:
        """To everybody who watches the recording, here or in another process."""

    def subscribe(self, recording: UUID) -> Subscription:
        """Everything published from now on."""

    def watched(self, recording: UUID) -> bool:
        """Whether anybody watches, as far as is known here."""

    def on_watched(self, recording: UUID, told: OnWatched) -> Cancel:
        """Tells of changes of `watched` until the returned function is called."""

    async def aclose(self) -> None:
        """Ends what runs for this tail. Subscriptions end."""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
