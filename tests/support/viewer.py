"""A viewer's watch link in Python: the live tail, over a DataChannel from the agent or the relay.

viewer = await Viewer.over_relay(stack.url, token, origin=stack.url)
await viewer.has_frames(3)
await viewer.aclose()
"""

import asyncio
from contextlib import suppress

import msgspec
from aiortc import RTCDataChannel, RTCPeerConnection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sessions.wire import control, frame, signals
from signaling.agent.closing import close_connection
from tests.eventually import eventually
from tests.support.signaling import Signaling, channels_open, negotiate, origin_of, peer_connection, socket_url

_decoder: msgspec.json.Decoder[control.ToViewer] = msgspec.json.Decoder(control.ToViewer)


class Viewer:
    """`frames` and `notices` as they came."""

    def __init__(self) -> None:
        self.frames: list[frame.Frame] = []
        self.bodies: list[bytes] = []
        self.notices: list[control.ToViewer] = []
        self.closed = False
        self.close_code: int | None = None
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._pc: RTCPeerConnection | None = None
        self._channel: RTCDataChannel | None = None
        self._signaling: Signaling | None = None

    @classmethod
    async def over_relay(cls, url: str, token: str, *, origin: str | None) -> "Viewer":
        viewer = cls()
        viewer._socket = await connect(
            socket_url(url, "/ws/watch"),
            origin=origin_of(origin),
            compression=None,
            close_timeout=1,
        )
        viewer._reading = asyncio.create_task(viewer._read(), name="test-viewer")
        with suppress(ConnectionClosed):
            await viewer._socket.send(control.encode(control.Watch(token=token)))
        return viewer

    @classmethod
    async def over_rtc(cls, url: str, token: str, *, origin: str | None) -> "Viewer":
        viewer = cls()
        viewer._signaling = await Signaling.open(url, origin=origin)
        try:
            await viewer._signaling.send(signals.WatchHello(token=token))
            await viewer._signaling.expect(signals.WatchWelcome)
        except BaseException:
            await viewer.aclose()
            raise
        viewer._pc = peer_connection()
        viewer._channel = viewer._pc.createDataChannel("tail")
        viewer._channel.on("message", viewer._on_message)
        viewer._channel.on("close", viewer._gone)
        await negotiate(viewer._signaling, viewer._pc)
        await channels_open(viewer._channel)
        viewer._channel.send(control.encode(control.Watch(token=token)))
        return viewer

    @property
    def error(self) -> str:
        """The code of the refusal, "" without one."""
        return next((notice.code for notice in self.notices if isinstance(notice, control.Refused)), "")

    async def watching(self) -> None:
        await eventually(
            lambda: None if any(isinstance(notice, control.Watching) for notice in self.notices) else "not watching yet"
        )

    async def has_frames(self, count: int, timeout: float = 10.0) -> None:
        await eventually(
            lambda: None if len(self.frames) >= count else f"{len(self.frames)} of {count} frames", timeout
        )

    async def refused(self, timeout: float = 10.0) -> str:
        await eventually(lambda: None if self.closed else "the link is open", timeout)
        return self.error

    async def send(self, message: control.Message) -> None:
        text = control.encode(message)
        if self._socket is not None:
            await self._socket.send(text)
        elif self._channel is not None:
            self._channel.send(text)

    async def aclose(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading
        if self._pc is not None:
            await close_connection(self._pc)
        if self._signaling is not None:
            await self._signaling.close()

    def _on_message(self, data: str | bytes) -> None:
        if isinstance(data, str):
            self.notices.append(_decoder.decode(data))
        else:
            self.bodies.append(data)
            self.frames.append(frame.decode(data))

    def _gone(self) -> None:
        self.closed = True

    async def _read(self) -> None:
        assert self._socket is not None
        with suppress(ConnectionClosed):
            async for data in self._socket:
                self._on_message(data)
        self.close_code = self._socket.close_code
        self._gone()
