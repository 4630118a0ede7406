"""Control messages: the JSON that runs beside the frames, the same on every link (docs/protocol.md, "Control")."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from . import errors, limits

Seq = Annotated[int, Meta(ge=-1, le=limits.MAX_SEQ)]
Count = Annotated[int, Meta(ge=0)]


class Message(Struct, frozen=True, forbid_unknown_fields=False, tag_field="t"):
    """Unknown fields are let pass, so that a newer peer may say more."""


# Collector → server


class Resume(Message, frozen=True, tag="resume"):
    """First message of a link: which stream, and the right to write it."""

    token: Annotated[str, Meta(max_length=1_024)]
    version: int
    """Wire version of the frames that follow."""


class Ping(Message, frozen=True, tag="ping"):
    n: Count


class Clocked(Message, frozen=True, tag="clocked"):
    """Answer to `clock`: ms since the stream began, when the question arrived."""

    n: Count
    at: Annotated[float, Meta(ge=0, le=limits.MAX_AT_MS)]


# Server → collector


class Have(Message, frozen=True, tag="have"):
    """Answer to `resume`: go on behind `seq` (-1: from the first frame)."""

    seq: Seq
    credit: Count
    live: bool


class Ack(Message, frozen=True, tag="ack"):
    """Everything up to and including `seq` is committed. Cumulative; may be repeated."""

    seq: Seq


class Credit(Message, frozen=True, tag="credit"):
    """Bytes of frames the collector may send on this link in all, counted from its beginning."""

    bytes: Count


class Cadence(Message, frozen=True, tag="cadence"):
    """Somebody watches (flush every animation frame) or nobody does (every FLUSH_IDLE_MS)."""

    live: bool


class Pong(Message, frozen=True, tag="pong"):
    n: Count


class Clock(Message, frozen=True, tag="clock"):
    """Asks for the stream's clock; the server takes the time of the round trip."""

    n: Count


class Goaway(Message, frozen=True, tag="goaway"):
    """This end will close; move to another link within `after` ms."""

    after: Count


class Refused(Message, frozen=True, tag="error"):
    """Last message of a link that is closed for a reason."""

    code: str
    message: str


# Viewer → server, on a watch link


class Watch(Message, frozen=True, tag="watch"):
    """First message of a watch link; the frames of all the recording's streams follow as they come."""

    token: Annotated[str, Meta(max_length=1_024)]


class Took(Message, frozen=True, tag="took"):
    """Bytes of frames taken in on this watch link in all, said at least every WATCH_TOOK_BYTES. A viewer that has
    WATCH_WINDOW_BYTES on the way and as much waiting is closed with `unavailable`, and goes on from the log."""

    bytes: Count


# Server → viewer


class Watching(Message, frozen=True, tag="watching"):
    """The tail is on: every frame taken in from now on comes here."""

    recording: str


class Opened(Message, frozen=True, tag="opened"):
    """A stream was opened or resumed; the playlist knows it."""

    stream: str


class Closed(Message, frozen=True, tag="closed"):
    """A stream's link went away; `ended` when its last frame was told."""

    stream: str
    ended: bool


FromCollector = Resume | Ping | Clocked
ToCollector = Have | Ack | Credit | Cadence | Pong | Clock | Goaway | Refused
FromViewer = Watch | Ping | Took
ToViewer = Watching | Opened | Closed | Pong | Goaway | Refused

_encoder = msgspec.json.Encoder()
_from_collector: msgspec.json.Decoder[FromCollector] = msgspec.json.Decoder(FromCollector)
_from_viewer: msgspec.json.Decoder[FromViewer] = msgspec.json.Decoder(FromViewer)


def encode(message: Message) -> str:
    return _encoder.encode(message).decode()


def decode_from_collector(text: str | bytes) -> FromCollector:
    """Raises `MessageTooLarge` or `MessageMalformed`."""
    return _decode(_from_collector, text)


def decode_from_viewer(text: str | bytes) -> FromViewer:
    """Raises `MessageTooLarge` or `MessageMalformed`."""
    return _decode(_from_viewer, text)


def _decode[T](decoder: msgspec.json.Decoder[T], text: str | bytes) -> T:
    if len(text) > limits.MAX_CONTROL_BYTES:
        raise errors.MessageTooLarge(f"{len(text)} characters")
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise errors.MessageMalformed(str(error)) from error
