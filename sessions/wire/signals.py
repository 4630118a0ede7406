"""Signaling messages: JSEP (RFC 9429) over the signaling socket (docs/protocol.md, "Signaling")."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from . import errors, limits

Text = Annotated[str, Meta(max_length=2_048)]
Token = Annotated[str, Meta(max_length=1_024)]
Sdp = Annotated[str, Meta(max_length=limits.MAX_SDP_BYTES)]


class Signal(Struct, frozen=True, tag_field="t"):
    """Unknown fields are let pass, so that a newer peer may say more."""


class PageInfo(Struct, frozen=True):
    url: Text
    title: Text
    referrer: Text


class DeviceInfo(Struct, frozen=True):
    """CSS pixels; `language` is a BCP 47 tag, `timezone` an IANA name."""

    user_agent: Annotated[str, Meta(max_length=1_024)]
    language: Annotated[str, Meta(max_length=64)]
    timezone: Annotated[str, Meta(max_length=64)]
    screen_width: Annotated[int, Meta(ge=0, le=65_535)]
    screen_height: Annotated[int, Meta(ge=0, le=65_535)]
    viewport_width: Annotated[int, Meta(ge=0, le=65_535)]
    viewport_height: Annotated[int, Meta(ge=0, le=65_535)]


class IceServer(Struct, frozen=True, omit_defaults=True):
    """As in RTCIceServer of the WebRTC specification."""

    urls: list[str]
    username: str = ""
    credential: str = ""


# Peer → server


class Hello(Signal, frozen=True, tag="hello"):
    """First message of a collector."""

    key: Annotated[str, Meta(max_length=128)]
    versions: tuple[int, int]
    """Oldest and newest wire version the collector writes."""
    collector: Annotated[str, Meta(max_length=32)]
    """Version of the collector, for support."""
    at: Annotated[float, Meta(ge=0, le=limits.MAX_AT_MS)]
    """Milliseconds since the stream began, when this was sent."""
    tab: Annotated[str, Meta(max_length=64)]
    page: PageInfo
    device: DeviceInfo
    handle: Token = ""
    """What an earlier welcome of this browser said; joins its recording while that is open."""
    token: Token = ""
    """The stream's write token, when the signaling of a running stream connects again."""


class WatchHello(Signal, frozen=True, tag="watch"):
    """First message of a viewer. The token comes from `POST /api/v1/recordings/{id}/watch`."""

    token: Token


class Offer(Signal, frozen=True, tag="offer"):
    sdp: Sdp
    connection: Annotated[str, Meta(max_length=64)]
    """Names the peer connection; its answer and candidates carry the same name. Newest wins."""


class Candidate(Signal, frozen=True, tag="candidate"):
    """One trickled ICE candidate (RFC 8838); an empty one is the end of candidates."""

    connection: Annotated[str, Meta(max_length=64)]
    candidate: Annotated[str, Meta(max_length=limits.MAX_CANDIDATE_BYTES)]
    mid: Annotated[str, Meta(max_length=32)] = "0"


class Bye(Signal, frozen=True, tag="bye"):
    """The peer connection of this name is not wanted any more."""

    connection: Annotated[str, Meta(max_length=64)]


# Server → peer


class Welcome(Signal, frozen=True, tag="welcome"):
    """Answer to `hello`: the stream's identity and all that a collector needs to send."""

    recording: str
    stream: str
    token: str
    """Write token: proves project, recording and stream on every link."""
    handle: str
    """To be kept in the browser's storage and said in the next hello."""
    url: str
    """Where a member sees this recording."""
    ice_servers: list[IceServer]
    rtc: bool
    """Whether an agent can be offered to just now."""
    policy: Literal["strict", "balanced", "open"]
    version: int
    """Wire version to write."""


class WatchWelcome(Signal, frozen=True, tag="watching"):
    ice_servers: list[IceServer]
    rtc: bool


class Answer(Signal, frozen=True, tag="answer"):
    sdp: str
    connection: str


class Restart(Signal, frozen=True, tag="restart"):
    """The agent is there (again): offer anew when you are not on `rtc`."""


class Refused(Signal, frozen=True, tag="error"):
    """`code` is one of the wire's errors. The socket closes behind it unless a `connection` is named."""

    code: str
    message: str
    connection: str = ""


FromPeer = Hello | WatchHello | Offer | Candidate | Bye
ToPeer = Welcome | WatchWelcome | Answer | Candidate | Restart | Bye | Refused

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[FromPeer] = msgspec.json.Decoder(FromPeer)


def encode(signal: Signal) -> str:
    return _encoder.encode(signal).decode()


def decode(text: str | bytes) -> FromPeer:
    """Raises `MessageTooLarge` or `MessageMalformed`."""
    if len(text) > limits.MAX_SIGNAL_BYTES:
        raise errors.MessageTooLarge(f"{len(text)} characters")
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise errors.MessageMalformed(str(error)) from error


def to_builtins(signal: Signal) -> dict[str, Any]:
    """For a channel layer, which carries plain values only."""
    plain: dict[str, Any] = msgspec.to_builtins(signal)
    return plain
