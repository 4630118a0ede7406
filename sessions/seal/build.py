"""Makes a segment's bytes out of hot frames. Pure; one batch in memory at a time.

A batch that cannot be read is left out and becomes a gap: damage stays where it is.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from backports import zstd

from sessions.models import Link
from sessions.wire import batch, frame, limits
from sessions.wire.errors import BatchCorrupt, WireError
from sessions.wire.frame import FLAG_CONTINUED, FLAG_MORE, HEADER_BYTES, Frame

from .findings import Findings

ZSTD_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A row of the hot log."""

    seq: int
    flags: int
    link: int
    first_at: int
    body: bytes

    @property
    def continued(self) -> bool:
        return bool(self.flags & FLAG_CONTINUED)

    @property
    def more(self) -> bool:
        return bool(self.flags & FLAG_MORE)


@dataclass(frozen=True, slots=True)
class CorruptRun:
    """Frames that came and cannot be read."""

    first_seq: int
    last_seq: int
    at: int
    """Where the next good frame begins; the run's own beginning where none follows."""


@dataclass(slots=True)
class Built:
    """A segment, ready to be stored."""

    data: bytes = b""
    """Frames with inflated payloads, one behind the other, zstd. Empty where no batch could be read."""
    raw_size: int = 0
    digest: str = ""
    first_at: int = 0
    last_at: int = 0
    frames: int = 0
    links: dict[int, int] = field(default_factory=lambda: dict.fromkeys(Link.values, 0))
    findings: Findings = field(default_factory=Findings)
    corrupt: list[CorruptRun] = field(default_factory=list)


def build(rows: Iterable[StoredFrame]) -> Built:
    """`rows`: the whole range, in order, without a hole."""
    built = Built()
    packer = zstd.ZstdCompressor(level=ZSTD_LEVEL)
    parts: list[bytes] = []
    for group in _groups(rows):
        _count(built, group)
        try:
            found = batch.Batch(tuple(batch.inflated(batch.Batch(tuple(_decoded(group))))))
            events = found.raw_events()
        except WireError:
            _corrupt(built, group)
            continue
        for event in events:
            built.findings.add(event)
        _add(built, found)
        for one in found.frames:
            parts += [packer.compress(frame.encode_header(one)), packer.compress(one.payload)]
    if built.raw_size:
        built.data = b"".join([*parts, packer.flush()])
        built.digest = hashlib.sha256(built.data).hexdigest()
    return built


def _groups(rows: Iterable[StoredFrame]) -> Iterator[list[StoredFrame]]:
    """The frames by batch. One that begins, goes on or ends where it must not is a group too, and refused later."""
    open_: list[StoredFrame] = []
    for row in rows:
        if open_ and (not open_[-1].more or not row.continued or len(open_) >= limits.MAX_BATCH_FRAMES):
            yield open_
            open_ = []
        open_.append(row)
    if open_:
        yield open_


def _decoded(group: list[StoredFrame]) -> Iterator[Frame]:
    if group[0].continued or group[-1].more:
        raise BatchCorrupt("not a whole batch")
    for row in group:
        yield frame.decode(row.body)


def _count(built: Built, group: list[StoredFrame]) -> None:
    built.frames += len(group)
    for row in group:
        built.links[row.link] = built.links.get(row.link, 0) + 1


def _add(built: Built, found: batch.Batch) -> None:
    head = found.frames[0]
    if not built.raw_size:
        built.first_at = head.first_at
    built.last_at = max(built.last_at, head.last_at)
    built.raw_size += sum(HEADER_BYTES + len(one.payload) for one in found.frames)
    if built.corrupt and built.corrupt[-1].last_seq == head.seq - 1:
        built.corrupt[-1] = replace(built.corrupt[-1], at=head.first_at)


def _corrupt(built: Built, group: list[StoredFrame]) -> None:
    first, last = group[0], group[-1]
    if built.corrupt and built.corrupt[-1].last_seq == first.seq - 1:
        built.corrupt[-1] = replace(built.corrupt[-1], last_seq=last.seq)
    else:
        built.corrupt.append(CorruptRun(first.seq, last.seq, first.first_at))
