"""The frame: a fixed binary header and a payload (docs/protocol.md, "Frame").

    offset  size  field
         0     2  magic "SL"
         2     1  version
         3     1  flags (FLAG_*)
         4     1  codec (CODEC_*)
         5     1  reserved, 0
         6     2  number of events in the batch
         8    16  stream id
        24     4  seq
        28     4  `at` of the batch's first event, ms since the stream began
        32     4  `at` of its last event
        36     4  raw length: bytes of the whole batch as JSON
        40     4  length of this frame's payload
        44     4  CRC-32C (RFC 3720, appendix B.4) of this frame's payload
        48        payload

All numbers are unsigned and big-endian. A batch whose payload does not fit into one frame goes on in the next ones:
all but the last carry FLAG_MORE, all but the first FLAG_CONTINUED, and each repeats the batch's count, times and raw
length. In a segment the same header stands before the inflated payload (codec 0) of the whole batch; the frames
that continued it follow with empty payloads, so that the numbers stay gapless.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import google_crc32c

from . import errors, limits

HEADER: Final = struct.Struct(">2sBBBBH16sIIIIII")
HEADER_BYTES: Final = HEADER.size
_LENGTH: Final = 11
"""Place of the payload's length among the fields."""
MAGIC: Final = b"SL"

FLAG_MORE: Final = 1
"""The batch goes on in the next frame."""
FLAG_CONTINUED: Final = 2
"""The batch began in an earlier frame."""
FLAG_SNAPSHOT: Final = 4
"""The batch holds a full snapshot of the page made by the collector."""
FLAG_END: Final = 8
"""The stream ends with this batch."""
FLAGS_KNOWN: Final = FLAG_MORE | FLAG_CONTINUED | FLAG_SNAPSHOT | FLAG_END

CODEC_JSON: Final = 0
"""The payload is the batch: a JSON array of events, UTF-8."""
CODEC_DEFLATE: Final = 1
"""The same, compressed as a raw DEFLATE stream (RFC 1951)."""
CODECS: Final = (CODEC_JSON, CODEC_DEFLATE)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, decoded from or ready for the wire."""

    stream: UUID
    seq: int
    flags: int
    codec: int
    count: int
    first_at: int
    last_at: int
    raw_length: int
    payload: bytes
    version: int = limits.WIRE_VERSION

    @property
    def more(self) -> bool:
        return bool(self.flags & FLAG_MORE)

    @property
    def continued(self) -> bool:
        return bool(self.flags & FLAG_CONTINUED)

    @property
    def ends_stream(self) -> bool:
        return bool(self.flags & FLAG_END)


def encode(frame: Frame) -> bytes:
    """The frame as bytes. Raises the errors of `decode` for what `decode` would refuse, the wire's size apart."""
    return encode_header(frame) + frame.payload


def encode_header(frame: Frame) -> bytes:
    """What stands before the payload. Raises as `encode`."""
    _check_range(frame)
    return HEADER.pack(
        MAGIC,
        frame.version,
        frame.flags,
        frame.codec,
        0,
        frame.count,
        frame.stream.bytes,
        frame.seq,
        frame.first_at,
        frame.last_at,
        frame.raw_length,
        len(frame.payload),
        google_crc32c.value(frame.payload),
    )


def decode(data: bytes) -> Frame:
    """One whole wire message as a frame. Raises a typed `WireError`."""
    if len(data) > limits.MAX_FRAME_BYTES:
        raise errors.FrameTooLarge(f"{len(data)} bytes")
    frame, end = decode_at(data, 0)
    if end != len(data):
        raise errors.FrameOutOfRange(f"{len(data) - end} bytes follow the payload")
    return frame


def decode_at(data: bytes, offset: int, *, max_payload: int = limits.MAX_FRAME_BYTES) -> tuple[Frame, int]:
    """The frame that begins at `offset`, and the offset behind it; `max_payload` in bytes."""
    fields = _header_at(data, offset, max_payload)
    start = offset + HEADER_BYTES
    end = start + fields[_LENGTH]
    return _frame(fields, bytes(data[start:end])), end


def decode_all(data: bytes, *, max_payload: int = limits.MAX_BATCH_RAW_BYTES) -> list[Frame]:
    """Frames that stand one behind the other, as in a segment, a beacon or an answer of the API."""
    frames, offset = [], 0
    while offset < len(data):
        frame, offset = decode_at(data, offset, max_payload=max_payload)
        frames.append(frame)
    return frames


def decode_each(read: Callable[[int], bytes], *, max_payload: int = limits.MAX_BATCH_RAW_BYTES) -> Iterator[Frame]:
    """The same of a file, by its `read`, so that one frame at a time is in memory."""
    while head := read(HEADER_BYTES):
        fields = _header_at(head, 0, max_payload)
        yield _frame(fields, read(fields[_LENGTH]))


def _header_at(data: bytes, offset: int, max_payload: int) -> tuple[Any, ...]:
    """HEADER's fields, as far as they are to be trusted before the payload is read."""
    if len(data) - offset < HEADER_BYTES:
        raise errors.FrameTruncated(f"{len(data) - offset} bytes")
    fields = HEADER.unpack_from(data, offset)
    magic, version, length = fields[0], fields[1], fields[_LENGTH]
    if magic != MAGIC:
        raise errors.FrameForeign()
    if not limits.WIRE_VERSION_OLDEST <= version <= limits.WIRE_VERSION:
        raise errors.FrameVersion(str(version))
    if length > max_payload:
        raise errors.FrameTooLarge(f"payload of {length} bytes")
    return fields


def _frame(fields: tuple[Any, ...], payload: bytes) -> Frame:
    _, version, flags, codec, reserved, count, stream, seq, first_at, last_at, raw_length, length, crc = fields
    if len(payload) < length:
        raise errors.FrameTruncated(f"{len(payload)} of {length} payload bytes")
    if google_crc32c.value(payload) != crc:
        raise errors.FrameCorrupt(f"seq {seq}")
    frame = Frame(UUID(bytes=stream), seq, flags, codec, count, first_at, last_at, raw_length, payload, version)
    if reserved:
        raise errors.FrameOutOfRange("reserved byte")
    _check_range(frame)
    return frame


def _check_range(frame: Frame) -> None:
    if frame.flags & ~FLAGS_KNOWN:
        raise errors.FrameOutOfRange(f"flags {frame.flags:#x}")
    if frame.codec not in CODECS:
        raise errors.FrameOutOfRange(f"codec {frame.codec}")
    if frame.raw_length > limits.MAX_BATCH_RAW_BYTES:
        raise errors.BatchTooLarge(f"{frame.raw_length} bytes declared")
    if not 0 <= frame.first_at <= frame.last_at <= limits.MAX_AT_MS:
        raise errors.FrameOutOfRange(f"at {frame.first_at}..{frame.last_at}")
    if not 0 <= frame.seq <= limits.MAX_SEQ:
        raise errors.FrameOutOfRange(f"seq {frame.seq}")
    if not 0 < frame.count <= limits.MAX_EVENTS_PER_FRAME:
        raise errors.FrameOutOfRange(f"{frame.count} events")
    if frame.more and frame.ends_stream:
        raise errors.FrameOutOfRange("a stream cannot end inside a batch")
