"""How much one key, one address, one stream and one recording may send. In memory, for each process.

Token buckets: each holds a minute's worth at most and fills evenly. What is asked too much raises a typed error, whose
code the collector and the project's owner get to see.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from sessions.wire.errors import QuotaExceeded, RateLimited

MAX_KEYS: Final = 20_000
"""Buckets that one kind keeps; beyond it the one not used for longest is forgotten, and so is full again."""
RAW_RATIO: Final = 10
"""Raw bytes allowed for each byte of frames."""
STREAM_SHARE: Final = 1 / 10
"""What one stream may send of its key's bytes."""
ADDRESS_SHARE: Final = 1 / 4
"""What one address may send of a key's frames and bytes: an office full of visitors, but not all that the key has."""
START_SHARE: Final = 1 / 10
"""What one address may start of a key's streams."""
KEY_FRAMES: Final = 50
"""Frames of a key for each that one of its streams may send."""
MINUTE: Final = 60.0

type Clock = Callable[[], float]


class Buckets:
    """Token buckets of one kind, by key. `rate` and the burst are tokens in a minute."""

    def __init__(self, rate: float, clock: Clock = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, amount: float = 1) -> bool:
        """Take `amount` tokens, or none when there are too few. More than a full bucket empties a full one."""
        now = self._clock()
        level, then = self._levels.get(key, (self._rate, now))
        level = min(self._rate, level + (now - then) * self._rate / MINUTE)
        granted = level >= min(amount, self._rate)
        self._levels[key] = (max(0.0, level - amount) if granted else level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > MAX_KEYS:
            self._levels.popitem(last=False)
        return granted


class Totals:
    """Sums by key, bounded like buckets; seeded from the store when a link opens."""

    def __init__(self) -> None:
        self._sums: OrderedDict[Hashable, int] = OrderedDict()

    def seed(self, key: Hashable, least: int) -> None:
        self._put(key, max(least, self._sums.get(key, 0)))

    def add(self, key: Hashable, amount: int) -> int:
        """The new sum."""
        total = self._sums.get(key, 0) + amount
        self._put(key, total)
        return total

    def _put(self, key: Hashable, total: int) -> None:
        self._sums[key] = total
        self._sums.move_to_end(key)
        if len(self._sums) > MAX_KEYS:
            self._sums.popitem(last=False)


class _Traffic:
    """Frames, their bytes, and what these declare to be when inflated."""

    def __init__(self, frames: float, sent: float, clock: Clock) -> None:
        self._frames = Buckets(frames, clock)
        self._bytes = Buckets(sent, clock)
        self._raw = Buckets(sent * RAW_RATIO, clock)

    def take(self, key: Hashable, size: int, raw: int) -> bool:
        return self._frames.take(key) and self._bytes.take(key, size) and self._raw.take(key, raw)


class Limits:
    """The limits of one process, from the settings LIMIT_*."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        starts, sent = settings.LIMIT_STARTS_PER_MINUTE, settings.LIMIT_BYTES_PER_MINUTE
        frames = settings.LIMIT_FRAMES_PER_MINUTE
        self._starts = Buckets(starts, clock)
        self._starts_by_address = Buckets(max(1, starts * START_SHARE), clock)
        self._stream = _Traffic(frames, sent * STREAM_SHARE, clock)
        self._address = _Traffic(frames * KEY_FRAMES * ADDRESS_SHARE, sent * ADDRESS_SHARE, clock)
        self._key = _Traffic(frames * KEY_FRAMES, sent, clock)
        self._opens = Buckets(starts * 10, clock)
        self.recordings = Totals()

    def start(self, project: UUID, address: str) -> None:
        """A new stream. Raises `RateLimited`."""
        if not self._starts_by_address.take((project, address_key(address))) or not self._starts.take(project):
            raise RateLimited("starts")

    def open(self, address: str) -> None:
        """A socket or a beacon, before it has said who it is, and each offer. Raises `RateLimited`."""
        if not self._opens.take(address_key(address)):
            raise RateLimited("connections")

    def frame(self, *, project: UUID, recording: UUID, stream: UUID, address: str, size: int, raw: int) -> None:
        """A new frame: `size` bytes on the wire, `raw` declared (0 where a batch goes on).

        Raises `RateLimited` or `QuotaExceeded`.
        """
        # From the narrow to the wide, so that what one of them is refused takes nothing from the others.
        granted = (
            self._stream.take(stream, size, raw)
            and self._address.take((project, address_key(address)), size, raw)
            and self._key.take(project, size, raw)
        )
        if not granted:
            raise RateLimited("frames")
        if self.recordings.add(recording, raw) > settings.LIMIT_RECORDING_BYTES:
            raise QuotaExceeded("recording")


@lru_cache(maxsize=4_096)
def address_key(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False).network_address)


def peer_address(scope: dict[str, Any]) -> str:
    """Who is at the other end of an ASGI connection, behind TRUSTED_PROXIES proxies of our own."""
    client = scope.get("client")
    direct = str(client[0]) if client else ""
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return direct
    headers = [value.decode("latin-1") for name, value in scope.get("headers", []) if name == b"x-forwarded-for"]
    told = [part.strip() for header in headers for part in header.split(",")]
    return told[-proxies] if len(told) >= proxies else direct
