"""The live tail: what links take in, at once, to whoever watches. It may lose; viewers fill holes from the log."""

from .base import Cancel, Item, Overflow, Subscription, Tail
from .memory import MemoryTail
from .redis import RedisTail

__all__ = ["Cancel", "Item", "MemoryTail", "Overflow", "RedisTail", "Subscription", "Tail", "tail_from_settings"]


def tail_from_settings() -> Tail:
    """Redis between processes where there is one, else a hub in memory."""
    from django.conf import settings

    return RedisTail(settings.REDIS_URL) if settings.REDIS_URL else MemoryTail()
