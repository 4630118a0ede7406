"""Bodies of requests are bounded while they come, whatever they declare."""

from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from config.body import MAX_BODY_BYTES, BoundedFactory

CHUNK = b"x" * 65_536


class Daphne:
    """What the protocol asks of its server; the application only says that it was reached."""

    proxy_forwarded_address_header = None
    root_path = ""
    request_buffer_size = 8_192

    def __init__(self) -> None:
        self.reached: list[Any] = []
        self.requests: list[Any] = []

    def protocol_connected(self, protocol: Any) -> None:
        self.requests.append(protocol)

    def protocol_disconnected(self, protocol: Any) -> None:
        pass

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> None:
        self.reached.append(scope["path"])


class Sent:
    """One connection, as the server sees it."""

    def __init__(self) -> None:
        self.daphne = Daphne()
        self.transport: Any = StringTransport()  # type: ignore[no-untyped-call]  # of Twisted
        factory = BoundedFactory(self.daphne)
        self.protocol = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
        self.protocol.makeConnection(self.transport)

    def head(self, *headers: bytes) -> None:
        lines = [b"POST /ingest/beacon HTTP/1.1", b"Host: localhost", *headers, b"", b""]
        self.protocol.dataReceived(b"\r\n".join(lines))

    def chunk(self, data: bytes) -> None:
        self.protocol.dataReceived(b"%x\r\n%b\r\n" % (len(data), data))

    @property
    def refused(self) -> bool:
        closing: bool = self.transport.disconnecting
        return closing and self.transport.value().startswith(b"HTTP/1.1 413 ")

    def lost(self) -> None:
        self.protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]  # of Twisted


def test_what_is_declared_too_large_is_refused_at_once() -> None:
    sent = Sent()
    sent.head(b"Content-Length: %d" % (MAX_BODY_BYTES + 1))
    assert sent.refused
    sent.protocol.dataReceived(CHUNK)
    sent.lost()
    assert sent.daphne.reached == []


def test_what_grows_too_large_is_refused_on_the_way() -> None:
    sent = Sent()
    sent.head(b"Transfer-Encoding: chunked")
    for _ in range(MAX_BODY_BYTES // len(CHUNK)):
        sent.chunk(CHUNK)
        assert not sent.refused
    sent.chunk(b"y")
    assert sent.refused
    sent.chunk(CHUNK)
    sent.protocol.dataReceived(b"0\r\n\r\n")
    (request,) = sent.daphne.requests
    assert request.content.tell() == MAX_BODY_BYTES
    sent.lost()
    assert sent.daphne.reached == []


@pytest.mark.parametrize("size", [0, 5, MAX_BODY_BYTES])
def test_all_else_reaches_the_application(size: int) -> None:
    sent = Sent()
    sent.head(b"Content-Length: %d" % size)
    for begin in range(0, size, len(CHUNK)):
        sent.protocol.dataReceived(CHUNK[: min(len(CHUNK), size - begin)])
    assert sent.daphne.reached == ["/ingest/beacon"]
    sent.lost()
