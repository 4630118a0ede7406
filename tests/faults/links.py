"""A collector's end of a link, made of other parts than the product's: `websockets` for the relay, aiortc for `rtc`.

What happens is told to the `Ears` given at the beginning; after `close` nothing is told any more.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

from aiortc import InvalidStateError, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from sessions.wire import signals

type Kind = Literal["rtc", "relay"]
OPEN_SECONDS: Final = 5.0


class Ears(Protocol):
    def opened(self) -> None: ...
    def heard(self, text: str) -> None: ...
    def closed(self) -> None: ...


class Link(Protocol):
    kind: Kind

    def send_text(self, text: str) -> None: ...
    def send_frame(self, data: bytes) -> None: ...
    def close(self) -> None: ...
    async def gone(self) -> None:
        """Returns when nothing of it runs any more."""


class RelayLink:
    """One WebSocket: frames as binary, control as text messages."""

    kind: Kind = "relay"

    def __init__(self, url: str, ears: Ears) -> None:
        self._out: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._ears: Ears | None = ears
        self._task = asyncio.create_task(self._run(url))

    def send_text(self, text: str) -> None:
        self._out.put_nowait(text)

    def send_frame(self, data: bytes) -> None:
        self._out.put_nowait(data)

    def close(self) -> None:
        self._ears = None
        self._task.cancel()

    async def gone(self) -> None:
        await asyncio.wait({self._task})

    async def _run(self, url: str) -> None:
        try:
            async with connect(
                url, compression=None, ping_interval=None, open_timeout=OPEN_SECONDS, close_timeout=1
            ) as socket:
                await self._talk(socket)
        except (OSError, WebSocketException, TimeoutError):
            pass
        finally:
            if self._ears:
                self._ears.closed()

    async def _talk(self, socket: ClientConnection) -> None:
        sending = asyncio.create_task(self._send_all(socket))
        try:
            if self._ears:
                self._ears.opened()
            async for message in socket:
                if isinstance(message, str) and self._ears:
                    self._ears.heard(message)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send_all(self, socket: ClientConnection) -> None:
        try:
            while True:
                await socket.send(await self._out.get())
        except ConnectionClosed:
            return


class Offering(Protocol):
    """What of signaling one peer connection needs."""

    def send(self, message: signals.Signal) -> None: ...
    def route(self, connection: str, on: Callable[[signals.Answer | None], None]) -> Callable[[], None]:
        """`on` gets the answer, or None when the other end does not want the connection. Call the result to end it."""


class RtcLink:
    """A peer connection with the channels `frames` and `control`. Gathers first, then offers."""

    kind: Kind = "rtc"

    def __init__(self, offering: Offering, ears: Ears) -> None:
        self._ears: Ears | None = ears
        self._offering = offering
        self._name = secrets.token_hex(6)
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._frames = self._pc.createDataChannel("frames")
        self._control = self._pc.createDataChannel("control")
        self._control.on("message", self._heard)
        for channel in (self._frames, self._control):
            channel.on("open", self._channel_opened)
            channel.on("close", self._over)
        self._pc.on("connectionstatechange", self._state_changed)
        self._unroute = offering.route(self._name, self._answered)
        self._tasks = {asyncio.create_task(self._offer())}
        self._closing: asyncio.Task[None] | None = None

    def send_text(self, text: str) -> None:
        self._send(self._control, text)

    def send_frame(self, data: bytes) -> None:
        self._send(self._frames, data)

    def close(self) -> None:
        self._ears = None
        if self._closing is None:
            self._unroute()
            self._offering.send(signals.Bye(connection=self._name))
            self._closing = asyncio.create_task(self._close())

    async def gone(self) -> None:
        if self._closing:
            await asyncio.wait({self._closing})

    async def _offer(self) -> None:
        await self._pc.setLocalDescription(await self._pc.createOffer())
        self._offering.send(signals.Offer(sdp=self._pc.localDescription.sdp, connection=self._name))

    def _answered(self, answer: signals.Answer | None) -> None:
        if answer is None:
            self._over()
        else:
            self._tasks.add(asyncio.create_task(self._take(answer)))

    async def _take(self, answer: signals.Answer) -> None:
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp=answer.sdp, type="answer"))

    def _channel_opened(self) -> None:
        if self._ears and {self._frames.readyState, self._control.readyState} == {"open"}:
            self._ears.opened()

    def _heard(self, message: Any) -> None:
        if isinstance(message, str) and self._ears:
            self._ears.heard(message)

    def _state_changed(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            self._over()

    def _over(self) -> None:
        ears = self._ears
        self.close()
        if ears:
            ears.closed()

    def _send(self, channel: RTCDataChannel, data: str | bytes) -> None:
        try:
            channel.send(data)
        except (InvalidStateError, ConnectionError):
            self._over()

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pc.close()
