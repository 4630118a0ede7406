"""The tail of one process: a dictionary of its watchers."""

from collections import defaultdict
from uuid import UUID

from signaling.metrics import FRAMES_FANNED_OUT

from .base import Cancel, Item, OnWatched, Subscription


class MemoryTail:
    """See `Tail`. Watchers in this process are served in the call that publishes."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[UUID, set[Subscription]] = defaultdict(set)
        self._told: defaultdict[UUID, list[OnWatched]] = defaultdict(list)

    def publish(self, recording: UUID, item: Item) -> None:
        for subscription in tuple(self._subscriptions.get(recording, ())):
            subscription.push(item)
            if isinstance(item, bytes):
                FRAMES_FANNED_OUT.labels("watcher").inc()

    def subscribe(self, recording: UUID) -> Subscription:
        subscription = Subscription(lambda gone: self._unsubscribe(recording, gone))
        before = self.watched(recording)
        self._subscriptions[recording].add(subscription)
        self._tell_change(recording, before)
        return subscription

    def watched(self, recording: UUID) -> bool:
        return recording in self._subscriptions

    def on_watched(self, recording: UUID, told: OnWatched) -> Cancel:
        self._told[recording].append(told)
        return lambda: self._forget(recording, told)

    async def aclose(self) -> None:
        for subscriptions in tuple(self._subscriptions.values()):
            for subscription in tuple(subscriptions):
                subscription.close()

    def _unsubscribe(self, recording: UUID, subscription: Subscription) -> None:
        before = self.watched(recording)
        subscriptions = self._subscriptions.get(recording, set())
        subscriptions.discard(subscription)
        if not subscriptions:
            self._subscriptions.pop(recording, None)
        self._tell_change(recording, before)

    def _forget(self, recording: UUID, told: OnWatched) -> None:
        callbacks = self._told.get(recording, [])
        if told in callbacks:
            callbacks.remove(told)
        if not callbacks:
            self._told.pop(recording, None)

    def _tell_change(self, recording: UUID, before: bool) -> None:
        now = self.watched(recording)
        if now != before:
            for told in tuple(self._told.get(recording, ())):
                told(now)
