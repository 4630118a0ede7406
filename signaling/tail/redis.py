"""The tail between processes, over raw Redis pub/sub.

Watchers of this process are served directly, as in memory; Redis carries only what another process watches. Each
process says on the channel `watch` which recordings it watches, again every ANNOUNCE_SECONDS; who was not heard of for
EXPIRE_SECONDS watches no more. Frames cross on `tail.<recording>`. While Redis is away nothing crosses and nothing
waits: viewers see the hole in the seq and fill it from the log.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from sessions.metrics import FRAMES_DROPPED
from signaling.metrics import FRAMES_FANNED_OUT

from .base import Cancel, Item, OnWatched, Subscription
from .memory import MemoryTail

logger = structlog.get_logger(__name__)

ANNOUNCE_SECONDS: Final = 2.0
EXPIRE_SECONDS: Final = 6.0
RETRY_SECONDS: Final = 1.0
MAX_OUT_BYTES: Final = 8 * 1_048_576
"""What may wait to cross; beyond it is dropped."""
WATCH_CHANNEL: Final = b"sightline.watch"
TAIL_PREFIX: Final = b"sightline.tail."
NODE_BYTES: Final = 8
FRAME, NOTICE = b"f", b"n"
WATCHING, LEFT = b"+", b"-"


class RedisTail(MemoryTail):
    """See `Tail` and the module. The task begins with the first watcher or link, and `aclose` ends it."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._node = os.urandom(NODE_BYTES)
        self._remote: dict[UUID, dict[bytes, float]] = {}
        self._out: deque[tuple[bytes, bytes]] = deque()
        self._out_bytes = 0
        self._wake = asyncio.Event()
        self._pubsub: PubSub | None = None
        self._subscribed: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def publish(self, recording: UUID, item: Item) -> None:
        super().publish(recording, item)
        if recording not in self._remote:
            return
        kind, body = (FRAME, item) if isinstance(item, bytes) else (NOTICE, item.encode())
        if self._loop is not None and not self._loop.is_closed():
            self._on_loop(TAIL_PREFIX + recording.hex.encode(), self._node + kind + body)

    def subscribe(self, recording: UUID) -> Subscription:
        self._start()
        first = recording not in self._subscriptions
        subscription = super().subscribe(recording)
        if first:
            self._announce(recording, WATCHING)
        return subscription

    def watched(self, recording: UUID) -> bool:
        return super().watched(recording) or recording in self._remote

    def on_watched(self, recording: UUID, told: OnWatched) -> Cancel:
        self._start()
        return super().on_watched(recording, told)

    async def aclose(self) -> None:
        await super().aclose()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _unsubscribe(self, recording: UUID, subscription: Subscription) -> None:
        super()._unsubscribe(recording, subscription)
        if recording not in self._subscriptions:
            self._announce(recording, LEFT)

    def _announce(self, recording: UUID, change: bytes) -> None:
        self._put(WATCH_CHANNEL, self._node + change + recording.bytes)

    # Out

    def _on_loop(self, channel: bytes, message: bytes) -> None:
        """Beacons may come in on another loop than the one that the task runs on."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self._put(channel, message)
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self._put, channel, message)

    def _put(self, channel: bytes, message: bytes) -> None:
        if self._out_bytes + len(message) > MAX_OUT_BYTES:
            FRAMES_DROPPED.labels("tail_full").inc()
            return
        self._out.append((channel, message))
        self._out_bytes += len(message)
        self._wake.set()

    def _taken(self) -> Iterator[tuple[bytes, bytes]]:
        while self._out:
            channel, message = self._out.popleft()
            self._out_bytes -= len(message)
            yield channel, message

    # The task

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done():
            self._loop = loop
            self._task = loop.create_task(self._run(), name="redis-tail")

    async def _run(self) -> None:
        while True:
            try:
                await self._serve()
            except* (RedisError, OSError) as errors:
                logger.warning("tail.redis_away", error=str(errors.exceptions[0]))
            self._drop_waiting()
            await asyncio.sleep(RETRY_SECONDS)

    def _drop_waiting(self) -> None:
        FRAMES_DROPPED.labels("tail_away").inc(len(self._out))
        self._out.clear()
        self._out_bytes = 0

    async def _serve(self) -> None:
        async with Redis.from_url(self._url, socket_connect_timeout=2) as redis, redis.pubsub() as pubsub:
            self._subscribed = set()
            await pubsub.subscribe(WATCH_CHANNEL)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._receive(pubsub))
                group.create_task(self._send(redis, pubsub))
                group.create_task(self._keep_announcing())

    async def _send(self, redis: Redis, pubsub: PubSub) -> None:
        while True:
            # Only what waits now is sent: what is watched from here on is followed before it is told.
            self._wake.clear()
            waiting = len(self._out)
            await self._follow(pubsub)
            for channel, message in islice(self._taken(), waiting):
                await redis.publish(channel, message)
                if channel != WATCH_CHANNEL:
                    FRAMES_FANNED_OUT.labels("process").inc()
            await self._wake.wait()

    async def _follow(self, pubsub: PubSub) -> None:
        """Subscribe to what is watched here, and to nothing else."""
        wanted = set(self._subscriptions)
        for recording in wanted - self._subscribed:
            await pubsub.subscribe(TAIL_PREFIX + recording.hex.encode())
        for recording in self._subscribed - wanted:
            await pubsub.unsubscribe(TAIL_PREFIX + recording.hex.encode())
        self._subscribed = wanted

    async def _receive(self, pubsub: PubSub) -> None:
        async for message in pubsub.listen():
            if message["type"] == "message":
                self._take(message)

    async def _keep_announcing(self) -> None:
        while True:
            for recording in tuple(self._subscriptions):
                self._announce(recording, WATCHING)
            self._expire()
            await asyncio.sleep(ANNOUNCE_SECONDS)

    # In

    def _take(self, message: dict[str, Any]) -> None:
        channel, data = message["channel"], message["data"]
        node, kind, body = data[:NODE_BYTES], data[NODE_BYTES : NODE_BYTES + 1], data[NODE_BYTES + 1 :]
        if node == self._node:
            return
        if channel == WATCH_CHANNEL:
            self._note_watch(UUID(bytes=body), node, kind)
        else:
            recording = UUID(hex=channel[len(TAIL_PREFIX) :].decode())
            super().publish(recording, body if kind == FRAME else body.decode())

    def _note_watch(self, recording: UUID, node: bytes, change: bytes) -> None:
        before = self.watched(recording)
        nodes = self._remote.setdefault(recording, {})
        if change == WATCHING:
            nodes[node] = time.monotonic() + EXPIRE_SECONDS
        else:
            nodes.pop(node, None)
        self._prune(recording)
        self._tell_change(recording, before)

    def _expire(self) -> None:
        for recording in tuple(self._remote):
            before = self.watched(recording)
            self._prune(recording)
            self._tell_change(recording, before)

    def _prune(self, recording: UUID) -> None:
        now = time.monotonic()
        alive = {node: until for node, until in self._remote[recording].items() if until > now}
        if alive:
            self._remote[recording] = alive
        else:
            del self._remote[recording]
