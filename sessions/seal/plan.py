"""Which frames of a stream are sealed next. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sessions.wire import limits
from sessions.wire.frame import FLAG_CONTINUED, FLAG_MORE

MAX_RAW_BYTES: Final = 64 * 1_048_576
"""Of one segment, inflated: what a viewer has to hold at once."""


@dataclass(frozen=True, slots=True)
class HotFrame:
    """What the plan needs to know of a frame."""

    seq: int
    flags: int
    size: int
    """Bytes of the frame as it came."""
    raw_length: int
    """Bytes of its batch, inflated, as declared."""
    first_at: int

    @property
    def continued(self) -> bool:
        return bool(self.flags & FLAG_CONTINUED)

    @property
    def more(self) -> bool:
        return bool(self.flags & FLAG_MORE)


@dataclass(frozen=True, slots=True)
class Plan:
    first_seq: int
    last_seq: int
    at: int
    """`at` of the first frame, where a gap before it ends."""


def plan(frames: Iterable[HotFrame], *, expected: int, is_over: bool, max_bytes: int) -> Plan | None:
    """The next range: contiguous, cut at the end of a batch, within `max_bytes` unless one batch alone is larger.

    `frames` in order of seq from `expected` on. A stream that `is_over` gets no more frames, so a hole is passed by
    (the range then begins behind `expected`) and a batch without an end is taken along. None: nothing to seal yet.
    """
    run = _Run(max_bytes)
    for one in frames:
        if run.first is None and one.seq != expected and not is_over:
            return None
        if not run.take(one):
            break
    return run.plan(is_over=is_over)


class _Run:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.first: HotFrame | None = None
        self._last: HotFrame | None = None
        self._cut: int | None = None
        self._bytes = self._raw = self._open = 0
        self._is_full = False

    def take(self, one: HotFrame) -> bool:
        """Adds a frame to the run; False where it does not belong to it any more."""
        if self._last is not None:
            if one.seq != self._last.seq + 1:
                return False
            if not (self._last.more and one.continued) or self._open >= limits.MAX_BATCH_FRAMES:
                self._cut, self._open = self._last.seq, 0
        if self._cut is not None and self._passes_limit(one):
            self._is_full = True
            return False
        self.first = self.first or one
        self._last = one
        self._bytes += one.size
        self._raw += 0 if one.continued else one.raw_length
        self._open += 1
        return True

    def _passes_limit(self, one: HotFrame) -> bool:
        raw = 0 if one.continued else one.raw_length
        return self._bytes + one.size > self._max_bytes or self._raw + raw > MAX_RAW_BYTES

    def plan(self, *, is_over: bool) -> Plan | None:
        if self.first is None or self._last is None:
            return None
        is_whole = not self._last.more or (is_over and not self._is_full)
        last = self._last.seq if is_whole else self._cut
        return None if last is None else Plan(self.first.seq, last, self.first.first_at)
