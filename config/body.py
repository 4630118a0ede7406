"""How large the body of an HTTP request may be, whatever its path: daphne would take any amount before it asks anybody.

Bodies here are forms, short JSON and beacons. More is refused while it comes, with or without a declared length.
"""

from typing import Any, Final

from daphne.http_protocol import HTTPFactory, WebRequest

MAX_BODY_BYTES: Final = 1_048_576
"""The proxy's bound too (deploy/Caddyfile)."""
ANSWER: Final = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    """Twisted's parser calls these in turn: the length, the chunks, then that all is there."""

    _taken = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length if length is None else min(length, MAX_BODY_BYTES))
        if length is not None and length > MAX_BODY_BYTES:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        self._taken += len(data)
        if self._taken > MAX_BODY_BYTES:
            self._refuse()
        if not self._refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if not self._refused:
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        if not self._refused:
            self._refused = True
            self.channel.transport.write(ANSWER)
            self.channel.loseConnection()


class BoundedFactory(HTTPFactory):  # type: ignore[misc]  # daphne has no types
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol
