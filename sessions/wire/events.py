"""A batch's JSON as events: whole, or with kind and data left as JSON."""

import threading
from codecs import getincrementaldecoder
from typing import Any, Final

import msgspec
from msgspec import Raw

from .errors import BatchCorrupt

_MAX_KIND_BYTES: Final = 64
_QUOTE: Final = ord('"')
_TEXT_CHUNK: Final = 65_536
_LINE_ENDS_TO_BLANKS: Final = bytes.maketrans(b"\n\r", b"  ")


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened in the page."""

    at: float
    """Milliseconds since the stream began; monotonic."""
    kind: str
    """One of the kinds in docs/protocol.md; unknown ones are kept as they are."""
    data: Any
    """What the kind says; written by a stranger."""


class RawEvent(msgspec.Struct, frozen=True, gc=False):
    """The same, with kind and data as JSON without a line feed: views of the batch's bytes.

    A stranger's 32 MiB of `[],` are 33 KB on the wire and a gigabyte as Python objects.
    """

    at: float
    kind: Raw
    data: Raw

    @property
    def name(self) -> str:
        """The kind as text; "" for one that is longer than any known."""
        return msgspec.json.decode(self.kind, type=str) if len(self.kind) <= _MAX_KIND_BYTES else ""


class _Room(threading.local):
    """How many events may still come in the batch that this thread decodes."""

    events = 0


class _Counted(RawEvent, frozen=True, gc=False):
    """Stops the decoder at the first event too many, where a bound on the list is looked at in the end."""

    def __post_init__(self) -> None:
        _room.events -= 1
        if _room.events < 0:
            raise ValueError("more events than declared")
        if memoryview(self.kind)[0] != _QUOTE:
            raise ValueError("the kind is not a string")


_room = _Room()
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Event])
_raw_decoder = msgspec.json.Decoder(list[_Counted])
_UNREADABLE: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def encode(events: list[Event]) -> bytes:
    return _encoder.encode(events)


def decode(raw: bytes) -> list[Event]:
    """As Python objects, whatever they cost. Raises `BatchCorrupt`."""
    try:
        return _decoder.decode(raw)
    except _UNREADABLE as error:
        raise BatchCorrupt("not a JSON array of events") from error


def decode_raw(raw: bytes, *, most: int) -> list[RawEvent]:
    """At a cost bounded by the bytes and by `most` events. Raises `BatchCorrupt`, also where there are more."""
    try:
        _check_text(raw)
        found = _decode_counted(raw, most)
        if b"\n" not in raw and b"\r" not in raw:
            return found
        # It was JSON, so they stand between tokens, where a blank says the same.
        return _decode_counted(raw.translate(_LINE_ENDS_TO_BLANKS), most)
    except _UNREADABLE as error:
        raise BatchCorrupt("not a JSON array of events") from error


def _decode_counted(raw: bytes, most: int) -> list[RawEvent]:
    _room.events = most
    return [*_raw_decoder.decode(raw)]


def _check_text(raw: bytes) -> None:
    """JSON that stays JSON is not checked for being UTF-8. In chunks, so that there is no copy of it."""
    if raw.isascii():
        return
    decoder = getincrementaldecoder("utf-8")()
    for start in range(0, len(raw), _TEXT_CHUNK):
        decoder.decode(raw[start : start + _TEXT_CHUNK])
    decoder.decode(b"", final=True)
