"""What all links of one process share: the tail, the log writer, the limits, and which link serves which stream."""

import asyncio
from uuid import UUID

import structlog

from sessions.log.writer import LogWriter, get_writer
from sessions.wire.errors import Superseded, Unavailable

from .limits import Limits
from .link.base import LinkBase
from .link.collector import CollectorLink
from .once import Once
from .refusals import Refusals
from .tail import Tail, tail_from_settings

logger = structlog.get_logger(__name__)


class Hub:
    """Made once in a process (`get_hub`); tests make their own. Once it is closed it takes nobody in."""

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
        self._closing = False
        self._left = asyncio.Event()

    @property
    def links(self) -> frozenset[LinkBase]:
        return frozenset(self._links)

    def admit(self, address: str) -> None:
        """Somebody new, before it is known who. Raises `Unavailable` where this process ends, and `RateLimited`."""
        if self._closing:
            raise Unavailable("stopping")
        self.limits.open(address)

    def enter(self, link: LinkBase) -> None:
        """A link was opened or waits to be."""
        self._links.add(link)

    def leave(self, link: LinkBase) -> None:
        self._links.discard(link)
        self._left.set()
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

    async def drain(self, seconds: float) -> None:
        """Take nobody in any more, ask all peers to move to another process, and give them this long."""
        self._closing = True
        for link in self._links:
            link.go_away(seconds)
        try:
            async with asyncio.timeout(seconds):
                while self._links:
                    self._left.clear()
                    await self._left.wait()
        except TimeoutError:
            logger.info("hub.drain_over", links=len(self._links))

    async def aclose(self) -> None:
        """Close all links and the tail. The log writer goes on: it is the process's."""
        self._closing = True
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
    """Close this process's hub, for good: the process ends."""
    await get_hub().aclose()
