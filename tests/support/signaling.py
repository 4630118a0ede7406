"""A peer's signaling socket, and a peer connection that is offered over it. Real WebSocket, real aiortc."""

import asyncio
import itertools
from typing import Any

import msgspec
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from sessions.wire import signals
from tests.eventually import eventually

_decoder: msgspec.json.Decoder[signals.ToPeer] = msgspec.json.Decoder(signals.ToPeer)
_connections = itertools.count(1)


def socket_url(url: str, path: str) -> str:
    """`http://host:port` and a path as a WebSocket address."""
    return url.replace("http", "ws", 1) + path


def origin_of(origin: str | None) -> Origin | None:
    """As websockets wants it."""
    return Origin(origin) if origin is not None else None


class Signaling:
    """The socket `/ws/signal`. Everything that came is kept in `received`, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.received: list[signals.ToPeer] = []
        self.close_code: int | None = None
        self._socket = socket
        self._taken = 0
        self._arrived = asyncio.Event()
        self._reading = asyncio.create_task(self._read(), name="test-signaling")

    @classmethod
    async def open(cls, url: str, *, origin: str | None = None) -> "Signaling":
        socket = await connect(
            socket_url(url, "/ws/signal"), origin=origin_of(origin), compression=None, open_timeout=5
        )
        return cls(socket)

    @property
    def closed(self) -> bool:
        return self._reading.done()

    async def send(self, message: signals.Signal) -> None:
        await self._socket.send(signals.encode(message))

    async def send_raw(self, data: str | bytes) -> None:
        await self._socket.send(data)

    async def expect[T: signals.Signal](self, kind: type[T], timeout: float = 10.0) -> T:
        """The next message of this kind that was not taken yet. A refusal on the way is raised."""
        async with asyncio.timeout(timeout):
            while True:
                while self._taken < len(self.received):
                    message = self.received[self._taken]
                    self._taken += 1
                    if isinstance(message, kind):
                        return message
                    if isinstance(message, signals.Refused):
                        raise SignalingRefused(message)
                if self.closed:
                    raise ConnectionError(f"signaling closed with {self.close_code}")
                self._arrived.clear()
                await self._arrived.wait()

    async def close(self) -> None:
        await self._socket.close()
        await self._reading

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                self.received.append(_decoder.decode(text))
                self._arrived.set()
        except ConnectionClosed:
            pass
        self.close_code = self._socket.close_code
        self._arrived.set()


class SignalingRefused(ConnectionError):
    """The server said `error`."""

    def __init__(self, refused: signals.Refused) -> None:
        super().__init__(f"{refused.code}: {refused.message}")
        self.code = refused.code


def peer_connection() -> RTCPeerConnection:
    """With host candidates only."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


async def negotiate(signaling: Signaling, pc: RTCPeerConnection, *, timeout: float = 10.0) -> str:
    """Offer the peer connection and take the answer; returns the connection's name."""
    name = f"pc-{next(_connections)}"
    await pc.setLocalDescription(await pc.createOffer())
    await signaling.send(signals.Offer(sdp=pc.localDescription.sdp, connection=name))
    answer = await signaling.expect(signals.Answer, timeout)
    await pc.setRemoteDescription(RTCSessionDescription(sdp=answer.sdp, type="answer"))
    return name


async def channels_open(*channels: Any, timeout: float = 10.0) -> None:
    def check() -> str | None:
        states = {channel.label: channel.readyState for channel in channels}
        return None if set(states.values()) == {"open"} else f"channels are {states}"

    await eventually(check, timeout)
