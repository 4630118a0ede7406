"""The way to a peer over a DataChannel."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aiortc import InvalidStateError, RTCDataChannel

LOW_BYTES: Final = 262_144
"""A viewer's link goes on sending when no more than this waits in aiortc, whose own queue has no bound."""


class ChannelOutlet:
    """See `WatchOutlet`. The close code of a DataChannel does not exist: the `error` message before says it."""

    def __init__(self, channel: RTCDataChannel, on_close: Callable[[], None]) -> None:
        self._channel = channel
        self._on_close = on_close
        self._low = asyncio.Event()
        channel.bufferedAmountLowThreshold = LOW_BYTES
        channel.on("bufferedamountlow", self._low.set)

    def send_text(self, text: str) -> None:
        self._send(text)

    def send_bytes(self, data: bytes) -> None:
        self._send(data)

    def close(self, code: int) -> None:
        self._on_close()

    async def ready(self) -> None:
        await self._until(LOW_BYTES)

    async def drained(self) -> None:
        """Returns when all that was sent has left, or nothing leaves any more."""
        self._channel.bufferedAmountLowThreshold = 0
        if self._channel.readyState == "open":
            await self._until(0)

    async def _until(self, waiting: int) -> None:
        while self._channel.bufferedAmount > waiting:
            self._low.clear()
            await self._low.wait()

    def _send(self, data: str | bytes) -> None:
        with suppress(InvalidStateError, ValueError, ConnectionError):
            self._channel.send(data)
