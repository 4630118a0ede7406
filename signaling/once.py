"""Things that may be used once: each process remembers, and Redis does for all of them where there is one."""

import hashlib
import time
from typing import Final

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

MAX_REMEMBERED: Final = 100_000


class Once:
    """`claim` is True the first time. While Redis is away each process only knows of its own claims."""

    def __init__(self) -> None:
        self._until: dict[bytes, float] = {}
        self._redis: Redis | None = None
        if settings.REDIS_URL:
            self._redis = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)

    async def claim(self, what: str, seconds: int) -> bool:
        """`seconds`: how long it is remembered; what is claimed must not be good for longer."""
        key = hashlib.sha256(what.encode()).digest()
        return self._claim_here(key, seconds) and await self._claim_everywhere(key, seconds)

    async def aclose(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    def _claim_here(self, key: bytes, seconds: int) -> bool:
        now = time.monotonic()
        if self._until.get(key, 0) > now:
            return False
        if len(self._until) >= MAX_REMEMBERED:
            self._until = {known: until for known, until in self._until.items() if until > now}
        self._until[key] = now + seconds
        return True

    async def _claim_everywhere(self, key: bytes, seconds: int) -> bool:
        if self._redis is None:
            return True
        try:
            return bool(await self._redis.set(b"sightline.once." + key.hex().encode(), b"1", nx=True, ex=seconds))
        except (RedisError, OSError) as error:
            logger.warning("once.redis_away", error=str(error))
            return True
