"""The agent: takes offers from the channel layer, answers them, and tells of itself in its `AgentNode` row.

1. The row is written, then every HEARTBEAT_SECONDS; consumers offer to agents whose row is fresh. A file is touched
   too, for the health check of this very process: also while the database is away, since live goes on then.
2. Offers, candidates and byes come on the channel `agent.<name>`; answers go to the channel of whoever offered.
3. When it is to stop: `draining` is written, peers are told to go (`goaway`), those that stay are closed, the row goes.
"""

import asyncio
import secrets
import time
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.utils import timezone

from sessions.models import AgentNode
from sessions.wire.errors import RateLimited, Unavailable, WireError
from signaling.database import in_database
from signaling.hub import Hub, get_hub
from signaling.layer import AGENTS_GROUP, LAYER_ERRORS, LayerMessage, layer
from signaling.limits import address_key

from .peer import Peer

logger = structlog.get_logger(__name__)

type Key = tuple[str, str]
"""The channel of whoever offered, and the connection's name."""

HEARTBEAT_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0
FORGET_AFTER: Final = timedelta(minutes=1)
"""Rows of agents that ended without a word."""
MAX_HALF_OPEN: Final = 64
"""Peers that were answered and have no channel yet."""
HALF_OPEN_SHARE: Final = 1 / 4
"""What one address may have of them."""
OPEN_SHARE: Final = 1 / 2
"""What one address may have of the capacity."""
ANSWER_SECONDS: Final = 5.0
DRAIN_SECONDS: Final = 30.0
DRAIN_LOOK_SECONDS: Final = 0.5
SILENT_SECONDS: Final = 7.0
"""A peer says something every five seconds; a drain does not wait for one that has not for so long."""
GOAWAY_SECONDS: Final = 5.0
"""How long a peer has to move. What it does not use of the drain is not waited for."""


class Agent:
    """See the module. `run` once."""

    def __init__(
        self, hub: Hub, *, capacity: int, drain_seconds: float = DRAIN_SECONDS, heartbeat: Path | None = None
    ) -> None:
        self.name = secrets.token_hex(16)
        self._hub = hub
        self._capacity = capacity
        self._drain_seconds = drain_seconds
        self._heartbeat = heartbeat
        self._draining = False
        self._peers: dict[tuple[str, str], Peer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    @property
    def peers(self) -> int:
        """Peer connections that are open or being opened."""
        return len(self._peers)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set and the peers are gone, or until cancelled."""
        beating = asyncio.create_task(self._beat(), name="agent-heartbeat")
        listening = asyncio.create_task(self._listen(), name="agent-listen")
        try:
            await stop.wait()
            await self._drain()
        finally:
            for task in (beating, listening, *self._tasks):
                task.cancel()
            await asyncio.gather(beating, listening, *self._tasks, return_exceptions=True)
            await self._close_peers()
            if self._heartbeat:
                self._heartbeat.unlink(missing_ok=True)
            await self._write(_remove, self.name)

    # Heartbeat

    async def _beat(self) -> None:
        told = False
        while True:
            if self._heartbeat and self._hub.writer.state in ("ok", "retrying"):
                self._heartbeat.touch()
            written = await self._write(_save, self.name, self._capacity, len(self._peers), self._draining)
            if written and not told:
                logger.info("agent.started", name=self.name, capacity=self._capacity)
                told = await self._send_group({"type": "agent.ready"})
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _write(self, call: Any, *args: Any) -> bool:
        try:
            await in_database(call, *args)
        except Unavailable:
            logger.warning("agent.heartbeat_missed")
            return False
        return True

    # The channel layer

    async def _listen(self) -> None:
        while True:
            try:
                self._take(await layer().receive(f"agent.{self.name}"))
            except LAYER_ERRORS as error:
                logger.warning("agent.no_layer", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                logger.exception("agent.message_failed")

    def _take(self, message: LayerMessage) -> None:
        key = (message["reply"], message["connection"])
        peer = self._peers.get(key)
        match message["type"]:
            case "offer" if peer is None:
                self._run(self._offer(key, message))
            case "candidate" if peer:
                peer.candidate(message["candidate"], message["mid"])
            case "bye" if peer:
                peer.close_soon()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, channel: str, message: LayerMessage) -> None:
        try:
            await layer().send(channel, message)
        except Exception as error:  # the layers share no error for a receiver that is full or gone
            logger.warning("agent.reply_lost", error=repr(error))

    async def _send_group(self, message: LayerMessage) -> bool:
        try:
            await layer().group_send(AGENTS_GROUP, message)
        except LAYER_ERRORS as error:
            logger.warning("agent.no_layer", error=str(error))
            return False
        return True

    # Peers

    async def _offer(self, key: Key, message: LayerMessage) -> None:
        reply, connection = key
        try:
            answer = await self._answer(key, message)
        except WireError as error:
            logger.info("agent.offer_refused", code=error.code, detail=error.detail)
            refusal = {"code": error.code, "message": str(error)}
            await self._send(reply, {"type": "agent.refused", "connection": connection, **refusal})
        else:
            await self._send(reply, {"type": "agent.answer", "connection": connection, "sdp": answer})

    async def _answer(self, key: Key, message: LayerMessage) -> str:
        self._check_room(message["address"])
        self._close_half_open(key[0])
        peer = Peer(self._hub, role=message["role"], address=message["address"], on_gone=lambda: self._forget(key))
        self._peers[key] = peer
        try:
            return await asyncio.wait_for(peer.answer(message["sdp"]), ANSWER_SECONDS)
        except BaseException as error:
            peer.close_soon()
            if isinstance(error, TimeoutError):
                raise Unavailable("no answer in time") from error
            raise

    def _check_room(self, address: str) -> None:
        if self._draining or len(self._peers) >= self._capacity:
            raise Unavailable("the agent is full or stops")
        theirs = [peer for peer in self._peers.values() if address_key(peer.address) == address_key(address)]
        if len(theirs) >= max(1, self._capacity * OPEN_SHARE):
            raise RateLimited("peers of one address")
        half_open = sum(not peer.opened for peer in self._peers.values())
        if half_open >= MAX_HALF_OPEN or sum(not peer.opened for peer in theirs) >= MAX_HALF_OPEN * HALF_OPEN_SHARE:
            raise RateLimited("half-open peers")

    def _close_half_open(self, reply: str) -> None:
        """The newest offer of a peer wins. An older connection that is open stays until the new one has taken over."""
        for (owner, _), peer in tuple(self._peers.items()):
            if owner == reply and not peer.opened:
                peer.close_soon()

    def _forget(self, key: Key) -> None:
        self._peers.pop(key, None)
        self._changed.set()

    async def _drain(self) -> None:
        self._draining = True
        await self._write(_save, self.name, self._capacity, len(self._peers), True)
        for peer in self._peers.values():
            if peer.link is not None:
                peer.link.go_away(min(GOAWAY_SECONDS, self._drain_seconds))
        until = time.monotonic() + self._drain_seconds
        while self._waits_for_peers() and (left := until - time.monotonic()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(left, DRAIN_LOOK_SECONDS))
        if self._peers:
            logger.info("agent.drain_over", peers=len(self._peers))

    def _waits_for_peers(self) -> bool:
        """Whether one is there that may still move. One that vanished is noticed by ICE only after half a minute."""
        links = [peer.link for peer in self._peers.values() if peer.link is not None]
        return any(link.silent_seconds < SILENT_SECONDS for link in links)

    async def _close_peers(self) -> None:
        await asyncio.gather(*(peer.aclose() for peer in tuple(self._peers.values())))


async def run_agent(stop: asyncio.Event, *, drain_seconds: float = 1.0) -> None:
    """An agent on this loop, for a process that serves the relay too: there is nowhere else to drain to."""
    await Agent(get_hub(), capacity=settings.AGENT_CAPACITY, drain_seconds=drain_seconds).run(stop)


def _save(name: str, capacity: int, connections: int, draining: bool) -> None:
    now = timezone.now()
    fields = {"capacity": capacity, "connections": connections, "draining": draining, "seen_at": now}
    AgentNode.objects.update_or_create(name=name, defaults=fields)
    AgentNode.objects.filter(seen_at__lt=now - FORGET_AFTER).delete()


def _remove(name: str) -> None:
    AgentNode.objects.filter(name=name).delete()
