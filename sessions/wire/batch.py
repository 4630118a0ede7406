"""Batches: events to frames and back. A batch is a JSON array of events, on the wire in one or more frames."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from . import errors, events, limits
from .events import Event, RawEvent
from .frame import CODEC_DEFLATE, CODEC_JSON, FLAG_CONTINUED, FLAG_END, FLAG_MORE, HEADER_BYTES, Frame

_MAX_PAYLOAD = limits.MAX_FRAME_BYTES - HEADER_BYTES


@dataclass(frozen=True, slots=True)
class Batch:
    """The frames of one batch, first to last, without a hole."""

    frames: tuple[Frame, ...]

    def raw(self) -> bytes:
        """The batch as JSON bytes. Raises `BatchCorrupt` or `BatchTooLarge`; inflates no more than was declared."""
        head = self.frames[0]
        # One alone is not copied: in a segment the first frame has all of it.
        payload = b"".join(frame.payload for frame in self.frames if frame.payload)
        raw = payload if head.codec == CODEC_JSON else _inflate(payload, head.raw_length)
        if len(raw) != head.raw_length:
            raise errors.BatchCorrupt(f"{len(raw)} bytes where {head.raw_length} were declared")
        return raw

    def events(self) -> list[Event]:
        """The batch's events, whatever they cost as Python objects. Raises as `raw_events`."""
        found = events.decode(self.raw())
        self._check(found)
        return found

    def raw_events(self) -> list[RawEvent]:
        """The batch's events. Raises `BatchCorrupt` where they do not fit the header, and what `raw` raises."""
        found = events.decode_raw(self.raw(), most=self.frames[0].count)
        self._check(found)
        return found

    def _check(self, found: Sequence[Event | RawEvent]) -> None:
        head = self.frames[0]
        if len(found) != head.count:
            raise errors.BatchCorrupt(f"{len(found)} events where {head.count} were declared")
        low, high = head.first_at, head.last_at + 1
        if any(not low <= event.at < high for event in found):
            raise errors.BatchCorrupt("an event lies outside the declared times")


def batches(frames: Iterable[Frame]) -> Iterator[Batch]:
    """Groups frames of one stream, in order, into whole batches.

    Raises `BatchCorrupt` for a batch that begins, goes on or ends where it must not. A last batch that is not whole
    yet is left out. Frames of a segment (whole payload first, empty continuations) come out as one batch too.
    """
    open_: list[Frame] = []
    for frame in frames:
        if frame.continued != bool(open_) or (open_ and frame.seq != open_[-1].seq + 1):
            raise errors.BatchCorrupt(f"seq {frame.seq} does not go on where the last frame stopped")
        open_.append(frame)
        if len(open_) > limits.MAX_BATCH_FRAMES:
            raise errors.BatchTooLarge(f"{len(open_)} frames")
        if not frame.more:
            yield Batch(tuple(open_))
            open_ = []


def inflated(batch: Batch) -> list[Frame]:
    """The batch as a segment keeps it: the whole raw payload in the first frame, the rest empty."""
    head, *rest = batch.frames
    first = replace(head, codec=CODEC_JSON, payload=batch.raw())
    return [first, *(replace(frame, codec=CODEC_JSON, payload=b"") for frame in rest)]


def frames_of(found: list[Event], *, stream: UUID, seq: int, flags: int = 0, codec: int = CODEC_DEFLATE) -> list[Frame]:
    """The frames of one batch of events, which must not be empty and must be in order of time; numbered from `seq`."""
    raw = events.encode(found)
    payload = raw if codec == CODEC_JSON else _deflate(raw)
    parts = [payload[i : i + _MAX_PAYLOAD] for i in range(0, len(payload), _MAX_PAYLOAD)]
    last = len(parts) - 1
    first_at, last_at = int(found[0].at), int(found[-1].at)
    return [
        Frame(
            stream=stream,
            seq=seq + i,
            flags=_flags(flags, first=i == 0, last=i == last),
            codec=codec,
            count=len(found),
            first_at=first_at,
            last_at=last_at,
            raw_length=len(raw),
            payload=part,
        )
        for i, part in enumerate(parts)
    ]


def _flags(flags: int, *, first: bool, last: bool) -> int:
    flags |= 0 if first else FLAG_CONTINUED
    return flags if last else (flags & ~FLAG_END) | FLAG_MORE


def _deflate(raw: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def _inflate(payload: bytes, declared: int) -> bytes:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        raw = unpacker.decompress(payload, declared + 1)
    except zlib.error as error:
        raise errors.BatchCorrupt("not a DEFLATE stream") from error
    if len(raw) > declared or unpacker.unconsumed_tail:
        raise errors.BatchTooLarge(f"more than the {declared} bytes declared")
    if not unpacker.eof or unpacker.unused_data:
        raise errors.BatchCorrupt("the DEFLATE stream does not end with the payload")
    return raw


__all__ = ["CODEC_DEFLATE", "CODEC_JSON", "Batch", "Event", "RawEvent", "batches", "frames_of", "inflated"]
