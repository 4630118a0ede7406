"""Links over WebSockets: bare ASGI apps, since a Channels consumer costs a hop through a shared thread per message.

`collector_app` (`/ws/relay`) takes frames as binary and control as text; `viewer_app` (`/ws/watch`) sends them. The
server below queues what it receives without a bound, so credit is what holds a collector back; compression of messages
stays off (a server's default), so that a message is as large as it says.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from django.conf import settings

from sessions.models import Link
from sessions.wire import control
from sessions.wire.errors import Forbidden, WireError
from sessions.wire.limits import MAX_CONTROL_BYTES

from .hub import get_hub
from .limits import peer_address
from .link import CollectorLink, WatchLink

logger = structlog.get_logger(__name__)

type Scope = dict[str, Any]
type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

LOW_BYTES: Final = 262_144
"""A viewer's link goes on sending when no more than this waits for the server below."""


class SocketOutlet:
    """Queues what a link sends, and sends it in order from one task. See `WatchOutlet`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: asyncio.Queue[Message] = asyncio.Queue()
        self._bytes = 0
        self._low = asyncio.Event()
        self._low.set()

    def send_text(self, text: str) -> None:
        self._put({"type": "websocket.send", "text": text}, len(text))

    def send_bytes(self, data: bytes) -> None:
        self._put({"type": "websocket.send", "bytes": data}, len(data))

    def close(self, code: int) -> None:
        self._put({"type": "websocket.close", "code": code}, 0)

    async def ready(self) -> None:
        await self._low.wait()

    async def run(self) -> None:
        """Returns behind the close."""
        while True:
            message = await self._queue.get()
            await self._send(message)
            if message["type"] == "websocket.close":
                return
            self._bytes -= len(message.get("text") or message.get("bytes") or b"")
            if self._bytes <= LOW_BYTES:
                self._low.set()

    def _put(self, message: Message, size: int) -> None:
        self._bytes += size
        if self._bytes > LOW_BYTES:
            self._low.clear()
        self._queue.put_nowait(message)


async def collector_app(scope: Scope, receive: Receive, send: Send) -> None:
    """A collector's link. Its first message proves the right to write; where the page came from proves nothing."""
    hub = get_hub()
    if not await _accepted(scope, receive, send):
        return
    outlet = SocketOutlet(send)
    link = CollectorLink(hub, outlet, kind=Link.RELAY, address=peer_address(scope))
    await _serve(link, outlet, receive)


async def viewer_app(scope: Scope, receive: Receive, send: Send) -> None:
    """A viewer's link; only pages of APP_ORIGIN may open one."""
    hub = get_hub()
    if not await _accepted(scope, receive, send, origin=settings.APP_ORIGIN):
        return
    outlet = SocketOutlet(send)
    link = WatchLink(hub, outlet, place="relay")
    await _serve(link, outlet, receive)


async def _accepted(scope: Scope, receive: Receive, send: Send, *, origin: str | None = None) -> bool:
    """Take the connection, or say why not: a refused handshake has no code that a page could read."""
    await receive()
    await send({"type": "websocket.accept"})
    try:
        if origin is not None and header(scope, b"origin") != origin:
            raise Forbidden("origin")
        get_hub().admit(peer_address(scope))
    except WireError as error:
        await send({"type": "websocket.send", "text": control.encode(_refused(error))})
        await send({"type": "websocket.close", "code": error.close})
        return False
    return True


async def _serve(link: CollectorLink | WatchLink, outlet: SocketOutlet, receive: Receive) -> None:
    """Until either end closes."""
    sending = asyncio.create_task(outlet.run())
    receiving = asyncio.create_task(_receive_all(link, receive))
    try:
        await asyncio.wait((sending, receiving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        await link.aclose()
        for task in (sending, receiving):
            task.cancel()
        for result in await asyncio.gather(sending, receiving, return_exceptions=True):
            if isinstance(result, Exception):
                logger.info("relay.socket_lost", error=repr(result))


async def _receive_all(link: CollectorLink | WatchLink, receive: Receive) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        if (data := message.get("bytes")) is not None:
            link.on_frame(data)
        else:
            link.on_text((message.get("text") or "")[: MAX_CONTROL_BYTES + 1])


def _refused(error: WireError) -> control.Refused:
    return control.Refused(code=error.code, message=str(error))


def header(scope: Scope, name: bytes) -> str:
    """The last value of a request header, "" where there is none."""
    values = [value.decode("latin-1") for key, value in scope.get("headers", []) if key == name]
    return values[-1] if values else ""
