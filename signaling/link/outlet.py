"""What a link needs of whatever carries it. All calls are made on the link's event loop."""

from typing import Protocol


class Outlet(Protocol):
    """The way to the peer."""

    def send_text(self, text: str) -> None:
        """One control message. Never waits, never raises: on a connection that is gone it does nothing."""

    def close(self, code: int) -> None:
        """Close behind what was sent, with a WebSocket close code where there is one. Called once."""


class WatchOutlet(Outlet, Protocol):
    """The way to a viewer, which takes frames too."""

    def send_bytes(self, data: bytes) -> None:
        """One frame. Never waits, never raises."""

    async def ready(self) -> None:
        """Returns when what was sent before has left far enough for more."""
