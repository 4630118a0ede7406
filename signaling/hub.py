"""What all links of one process share: the tail, the log writer, the limits, and which link serves which stream."""

import asyncio
from typing import Final
from uuid import UUID

from sessions.log.writer import LogWriter, get_writer
from sessions.wire.control import Goaway
from sessions.wire.errors import Superseded

from .limits import Limits
from .link.base import LinkBase
from .link.collector import CollectorLink
from .once import Once
from .refusals import Refusals
from .tail import Tail, tail_from_settings

CLOSE_SECONDS: Final = 2.0


class Hub:
    """Made once in a process (`get_hub`); tests make their own."""

    def __init__(
        self, *, tail: Tail | None = None, writer: LogWriter | None = None, limits: Limits | None = None
    ) -> None:
        self.tail = tail or tail_from_settings()
        self.writer = writer or get_writer()
        self.limits = limits or Limits()
        self.once = Once()
        self.refusals = Refusals()
        self._streams: dict[UUID, CollectorLink] = {}
        self._links: set[LinkBase] = set()

    @property
    def links(self) -> frozenset[LinkBase]:
        return frozenset(self._links)

    def enter(self, link: LinkBase) -> None:
        """A link was opened or waits to be."""
        self._links.add(link)

    def leave(self, link: LinkBase) -> None:
        self._links.discard(link)
        for stream, serving in tuple(self._streams.items()):
            if serving is link:
                del self._streams[stream]

    def take_over(self, stream: UUID, link: CollectorLink) -> None:
        """From now on `link` serves the stream; the one that did is closed as superseded."""
        older = self._streams.get(stream)
        self._streams[stream] = link
        if older is not None and older is not link:
            older.fail(Superseded())

    def serves(self, stream: UUID) -> bool:
        """Whether a link of this process has the stream open."""
        return stream in self._streams

    def goaway(self, after_ms: int) -> None:
        """Ask all peers to move to another process within `after_ms`."""
        for link in self._links:
            link.send(Goaway(after=after_ms))

    async def aclose(self) -> None:
        """Close all links and the tail. The log writer goes on: it is the process's."""
        await asyncio.gather(*(link.aclose() for link in tuple(self._links)))
        await self.tail.aclose()
        await self.once.aclose()
        await self.refusals.aclose()


_hub: Hub | None = None


def get_hub() -> Hub:
    """This process's hub."""
    global _hub
    if _hub is None:
        _hub = Hub()
    return _hub


async def close_hub() -> None:
    """Close this process's hub if there is one; the next `get_hub` makes another."""
    global _hub
    hub, _hub = _hub, None
    if hub is not None:
        await hub.aclose()
