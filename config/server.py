"""daphne as we run it: which addresses, and an end that waits for what is under way.

Importing this installs Twisted's asyncio reactor, so it comes before anything else of Twisted.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final

import daphne.server
from twisted.internet.defer import Deferred, maybeDeferred

from config.body import BoundedFactory

daphne.server.HTTPFactory = BoundedFactory  # the server makes its own and can be given no other
LOOPBACK: Final = "127.0.0.1"
MAX_MESSAGE_BYTES: Final = 256 * 1024
"""Frames are 64 KiB at most, offers far less."""
DROP_SECONDS: Final = 1.0
"""How long cancelled applications have for their last words."""

type Hook = Callable[[], Awaitable[None]]


class Server(daphne.server.Server):  # type: ignore[misc]  # daphne has no types
    """`closing` runs while connections are still up but none is taken any more, `closed` when no application runs."""

    def __init__(
        self, application: Any, *, endpoints: list[str], ready: Callable[[], None], closing: Hook, closed: Hook
    ):
        super().__init__(
            application,
            endpoints=endpoints,
            ready_callable=ready,
            websocket_max_message_size=MAX_MESSAGE_BYTES,
            websocket_max_frame_size=MAX_MESSAGE_BYTES,
            server_name="sightline",
        )
        self._closing = closing
        self._closed = closed
        self._ports: list[Any] = []

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self._ports.append(port)

    def kill_all_applications(self) -> Any:
        """daphne's hook before the reactor stops; its own version fails on connections that are idle."""
        return Deferred.fromFuture(asyncio.ensure_future(self._close()))

    async def _close(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(maybeDeferred(port.stopListening).asFuture(loop) for port in self._ports))
        await self._closing()
        running = [details.get("application_instance") for details in self.connections.values()]
        pending = {future for future in running if future and not future.done()}
        for future in pending:
            future.cancel()
        if pending:
            await asyncio.wait(pending, timeout=DROP_SECONDS)
        await self._closed()


def addresses(host: str) -> list[str]:
    """What to bind. Loopback is IPv4 and, where the machine has it, IPv6: browsers may try either for `localhost`."""
    if host in (LOOPBACK, "localhost"):
        return [LOOPBACK, "::1"] if _can_bind("::1", 0) else [LOOPBACK]
    return [host]


def endpoints(hosts: list[str], ports: list[int]) -> list[str]:
    """Twisted's endpoint descriptions, in which a colon is escaped."""
    return [f"tcp:port={port}:interface={host.replace(':', r'\:')}" for port in ports for host in hosts]


def busy(hosts: list[str], ports: list[int]) -> int | None:
    """The first port that another process has."""
    return next((port for port in ports for host in hosts if not _can_bind(host, port)), None)


def _can_bind(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return False
    return True
