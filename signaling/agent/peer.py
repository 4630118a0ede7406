"""One peer connection: a collector's (`frames` and `control`) or a viewer's (`tail`). Its failure ends only itself."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, Literal

import structlog
from aiortc import RTCConfiguration, RTCDataChannel, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from django.conf import settings

from sessions.models import Link
from sessions.wire.errors import CreditExceeded, MessageMalformed
from sessions.wire.limits import MAX_CANDIDATES
from signaling.hub import Hub
from signaling.link import CollectorLink, WatchLink
from signaling.metrics import PEERS_OPEN

from .closing import close_connection
from .inbound import bound_inbound
from .outlet import ChannelOutlet
from .sdp import only_data, usable_candidate, without_candidates

logger = structlog.get_logger(__name__)

type Role = Literal["collector", "viewer"]

LABELS: Final[dict[Role, frozenset[str]]] = {
    "collector": frozenset({"frames", "control"}),
    "viewer": frozenset({"tail"}),
}
END_OF_CANDIDATES_SECONDS: Final = 8.0
"""aioice takes the end of candidates for failure when no pair is up; a browser may still find one by then."""
OPEN_SECONDS: Final = 15.0
"""A peer without a channel by then is closed."""
LAST_WORDS_SECONDS: Final = 1.0
"""How long an `error` has to leave before the connection is closed behind it."""


class Peer:
    """Made for an offer. `on_gone` is called once, when it is closed for whatever reason."""

    def __init__(self, hub: Hub, *, role: Role, address: str, on_gone: Callable[[], None]) -> None:
        self.role = role
        self.address = address
        self.link: CollectorLink | WatchLink | None = None
        self._hub = hub
        self._on_gone = on_gone
        servers = [RTCIceServer(urls=settings.STUN_URLS)] if settings.STUN_URLS else []
        # An empty list, since None means a public STUN server to aiortc.
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._pc.on("datachannel", self._guarded(self._on_channel))
        self._pc.on("connectionstatechange", self._on_state)
        self._labels: set[str] = set()
        self._outlet: ChannelOutlet | None = None
        self._early: list[tuple[str, str]] | None = []
        self._candidates = 0
        self._loop = asyncio.get_running_loop()
        self._timers = [
            self._loop.call_later(END_OF_CANDIDATES_SECONDS, self._end_candidates),
            self._loop.call_later(OPEN_SECONDS, self._check_open),
        ]
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        PEERS_OPEN.inc()

    @property
    def opened(self) -> bool:
        """Whether its channels carry a link."""
        return self.link is not None

    async def answer(self, sdp: str) -> str:
        """The complete answer to an offer. Raises `MessageMalformed` for one that is not for DataChannels only."""
        if not only_data(sdp):
            raise MessageMalformed("the offer is not for DataChannels only")
        plain, candidates = without_candidates(sdp)
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp=plain, type="offer"))
            await self._pc.setLocalDescription(await self._pc.createAnswer())
        except (ValueError, IndexError, KeyError, AssertionError, AttributeError, TypeError) as error:
            # aiortc's parser has no error of its own for an SDP that it cannot read.
            raise MessageMalformed("the offer's SDP") from error
        if self._pc.sctp is not None:
            bound_inbound(self._pc.sctp, self._on_exceeded)
        early, self._early = self._early or [], None
        for candidate, mid in [*((text, "0") for text in candidates), *early]:
            self.candidate(candidate, mid)
        return str(self._pc.localDescription.sdp)

    def candidate(self, text: str, mid: str) -> None:
        """A trickled candidate. Their end ("") is withheld; what is too many or not to be used is left out."""
        if self._early is not None:
            self._early.append((text, mid))
            return
        self._candidates += 1
        if not text or self._candidates > MAX_CANDIDATES or self._closing:
            return
        if usable := usable_candidate(text, mid, self.address):
            self._run(self._pc.addIceCandidate(usable))

    def close_soon(self) -> None:
        """Close behind what was said last."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close(), name="peer-close")

    async def aclose(self) -> None:
        """Returns when nothing of it runs any more."""
        self.close_soon()
        assert self._closing is not None
        await asyncio.shield(self._closing)

    # Channels

    def _on_channel(self, channel: RTCDataChannel) -> None:
        reliable = channel.ordered and channel.maxRetransmits is None and channel.maxPacketLifeTime is None
        if channel.label not in LABELS[self.role] - self._labels or not reliable:
            logger.info("peer.unexpected_channel", role=self.role)
            self.close_soon()
            return
        self._labels.add(channel.label)
        channel.on("close", self.close_soon)
        if channel.label == "frames":
            channel.on("message", self._guarded(self._on_frame))
            return
        self._outlet = ChannelOutlet(channel, self.close_soon)
        if self.role == "viewer":
            self.link = WatchLink(self._hub, self._outlet, place="rtc")
        else:
            self.link = CollectorLink(self._hub, self._outlet, kind=Link.RTC, address=self.address)
        channel.on("message", self._guarded(self._on_control))

    def _on_frame(self, data: bytes | str) -> None:
        if isinstance(data, str) or self.link is None:
            self.close_soon()
        else:
            self.link.on_frame(data)

    def _on_exceeded(self) -> None:
        if self.link is not None:
            self.link.fail(CreditExceeded("messages without an end"))
        self.close_soon()

    def _on_control(self, data: bytes | str) -> None:
        if isinstance(data, str) and self.link is not None:
            self.link.on_text(data)
        else:
            self.close_soon()

    def _guarded[T](self, handler: Callable[[T], None]) -> Callable[[T], None]:
        """An exception in a handler would end aiortc's receive loop without a word."""

        def guarded(value: T) -> None:
            if self._closing is not None:
                return
            try:
                handler(value)
            except Exception:
                logger.exception("peer.failed")
                self.close_soon()

        return guarded

    # Its life

    def _on_state(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            self.close_soon()

    def _end_candidates(self) -> None:
        if self._pc.iceConnectionState not in ("connected", "completed", "closed"):
            self._run(self._pc.addIceCandidate(None))

    def _check_open(self) -> None:
        if not self.opened:
            logger.info("peer.not_opened", state=self._pc.connectionState)
            self.close_soon()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            logger.info("peer.candidate_refused", error=repr(error))

    async def _close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        try:
            if self.link is not None:
                await self.link.aclose()
            await self._last_words()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await close_connection(self._pc)
        except Exception:
            logger.exception("peer.close_failed")
        finally:
            PEERS_OPEN.dec()
            self._on_gone()

    async def _last_words(self) -> None:
        if self._outlet is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._outlet.drained(), LAST_WORDS_SECONDS)
