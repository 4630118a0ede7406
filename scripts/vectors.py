"""Writes the golden vectors in tests/vectors (see its README). Deterministic: run it again after a change of the wire.

python scripts/vectors.py
"""

# ruff: noqa: E402 - the packages are importable only once the root is on the path
import json
import struct
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import msgspec

from sessions.wire import batch, control, errors, frame, limits, signals
from sessions.wire.batch import Event
from sessions.wire.frame import CODEC_DEFLATE, CODEC_JSON, FLAG_END, FLAG_SNAPSHOT, Frame

FOLDER = ROOT / "tests/vectors"
STREAM = UUID("0192f0c4-7b5a-7c11-9f3e-5a1d2c3b4e5f")
OTHER = UUID("0192f0c4-0000-7000-8000-000000000001")

CLICK = Event(12.5, "click", {"x": 10, "y": 20.25, "id": 7, "name": "Add to cart"})
PAGE = Event(0, "page", {"cause": "load", "url": "https://shop.example/", "title": "Café ☕", "referrer": ""})
END = Event(900, "end", {"reason": "pagehide"})
FOREIGN = Event(40, "from_the_future", {"anything": [1, None, True, {"deep": "yes"}]})


def one(events: list[Event], **fields: Any) -> Frame:
    given: dict[str, Any] = {"stream": STREAM, "seq": 0, "codec": CODEC_JSON} | fields
    (only,) = batch.frames_of(events, **given)
    return only


def snapshot(size: int) -> Event:
    """A large event whose text hardly compresses: numbers of a linear congruential generator."""
    words: list[str] = []
    state = 1
    while len(words) * 16 < size:
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        words.append(f"{state:016x}")
    return Event(1, "dom", {"type": 2, "data": {"node": {"id": 1, "text": "".join(words)}}})


def good() -> dict[str, tuple[str, list[Frame]]]:
    """Name → what it shows, frames."""
    large = batch.frames_of([snapshot(150_000)], stream=STREAM, seq=5, flags=FLAG_SNAPSHOT)
    plain = batch.frames_of([snapshot(150_000)], stream=STREAM, seq=5, flags=FLAG_SNAPSHOT, codec=CODEC_JSON)
    more = batch.frames_of([snapshot(70_000)], stream=STREAM, seq=1, codec=CODEC_JSON)
    ending = batch.frames_of([snapshot(70_000), END], stream=STREAM, seq=9, flags=FLAG_END, codec=CODEC_JSON)
    highest: dict[str, Any] = {"first_at": limits.MAX_AT_MS, "last_at": limits.MAX_AT_MS, "seq": limits.MAX_SEQ}
    last_moment = Event(limits.MAX_AT_MS, "track", {"name": "last", "properties": {}})
    return {
        "json": ("codec 0, two events", [one([PAGE, CLICK])]),
        "deflate": ("codec 1, the same two events", [one([PAGE, CLICK], codec=CODEC_DEFLATE)]),
        "snapshot": ("FLAG_SNAPSHOT", [one([Event(3, "dom", {"type": 2, "data": {}})], flags=FLAG_SNAPSHOT, seq=1)]),
        "end": ("FLAG_END", [one([END], flags=FLAG_END, seq=2)]),
        "unknown-kind": ("a kind nobody knows is kept as it is", [one([FOREIGN], seq=3)]),
        "limits": ("the largest seq and at", [replace(one([last_moment]), **highest)]),
        "batch-deflate": ("one batch in several frames, codec 1", large),
        "batch-json": ("one batch in several frames, codec 0", plain),
        "batch-unfinished": ("a batch whose end has not come yet is no batch", [one([PAGE]), *more[:1]]),
        "batch-end": ("FLAG_END stands on the last frame of a batch only", ending),
        "segment": (
            "a segment: inflated, the raw payload in a batch's first frame, empty continuations",
            [kept for found in batch.batches([*large]) for kept in batch.inflated(found)],
        ),
    }


def bad_frames() -> dict[str, tuple[str, bytes, type[errors.WireError]]]:
    """Name → what is wrong, bytes of one wire message, the error."""
    whole = frame.encode(one([PAGE, CLICK]))

    def patched(offset: int, form: str, *values: int) -> bytes:
        data = bytearray(whole)
        struct.pack_into(form, data, offset, *values)
        return bytes(data)

    return {
        "empty": ("no bytes at all", b"", errors.FrameTruncated),
        "truncated-header": ("47 bytes", whole[:47], errors.FrameTruncated),
        "truncated-payload": ("a byte of the payload is missing", whole[:-1], errors.FrameTruncated),
        "trailing": ("a byte follows the payload", whole + b"x", errors.FrameOutOfRange),
        "foreign": ("another magic", b"XY" + whole[2:], errors.FrameForeign),
        "version-0": ("older than the oldest", patched(2, ">B", 0), errors.FrameVersion),
        "version-next": ("newer than the newest", patched(2, ">B", limits.WIRE_VERSION + 1), errors.FrameVersion),
        "corrupt": ("a bit of the payload flipped", whole[:-1] + bytes([whole[-1] ^ 1]), errors.FrameCorrupt),
        "checksum": ("a bit of the checksum flipped", patched(44, ">B", whole[44] ^ 1), errors.FrameCorrupt),
        "flags": ("an unknown flag", patched(3, ">B", 0x80), errors.FrameOutOfRange),
        "more-and-end": ("the stream ends inside a batch", patched(3, ">B", 9), errors.FrameOutOfRange),
        "codec": ("an unknown codec", patched(4, ">B", 9), errors.FrameOutOfRange),
        "reserved": ("the reserved byte is not 0", patched(5, ">B", 1), errors.FrameOutOfRange),
        "count": ("no events", patched(6, ">H", 0), errors.FrameOutOfRange),
        "times": ("the first at is behind the last", patched(28, ">II", 5, 4), errors.FrameOutOfRange),
        "raw-length": ("declares more than a batch may be", patched(36, ">I", 2**31), errors.BatchTooLarge),
        "payload-length": ("declares more than a frame may be", patched(40, ">I", 2**31), errors.FrameTooLarge),
        "oversized": ("more bytes than a frame may be", whole + b"\0" * limits.MAX_FRAME_BYTES, errors.FrameTooLarge),
    }


def bad_batches() -> dict[str, tuple[str, list[Frame], type[errors.WireError]]]:
    """Name → what is wrong, good frames of a batch that is not good, the error."""
    packed = one([PAGE, CLICK], codec=CODEC_DEFLATE)
    plain = one([PAGE, CLICK])
    large = batch.frames_of([snapshot(150_000)], stream=STREAM, seq=0, codec=CODEC_JSON)
    bomb = batch._deflate(b"[" + b" " * 1_000_000 + b"]")
    not_json = b"[{]" + b" " * (plain.raw_length - 3)
    return {
        "batch-not-deflate": ("not a DEFLATE stream", [replace(packed, payload=b"\xff" * 20)], errors.BatchCorrupt),
        "batch-cut": ("the DEFLATE stream is cut", [replace(packed, payload=packed.payload[:-4])], errors.BatchCorrupt),
        "batch-tail": (
            "bytes behind the DEFLATE stream",
            [replace(packed, payload=packed.payload + b"xx")],
            errors.BatchCorrupt,
        ),
        "batch-bomb": ("inflates to more than it declares", [replace(packed, payload=bomb)], errors.BatchTooLarge),
        "batch-short": (
            "shorter than declared",
            [replace(plain, raw_length=plain.raw_length + 1)],
            errors.BatchCorrupt,
        ),
        "batch-not-json": ("not JSON", [replace(plain, payload=not_json)], errors.BatchCorrupt),
        "batch-count": ("two events where three are declared", [replace(plain, count=3)], errors.BatchCorrupt),
        "batch-times": ("an event later than declared", [replace(plain, last_at=11)], errors.BatchCorrupt),
        "batch-hole": ("a frame is missing inside the batch", [large[0], *large[2:]], errors.BatchCorrupt),
        "batch-headless": ("goes on without a beginning", large[1:], errors.BatchCorrupt),
        "batch-twice": ("a batch begins inside another", [large[0], replace(plain, seq=1)], errors.BatchCorrupt),
    }


def described(one: Frame) -> dict[str, Any]:
    return {
        "version": one.version,
        "flags": one.flags,
        "codec": one.codec,
        "count": one.count,
        "stream": str(one.stream),
        "seq": one.seq,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "raw_length": one.raw_length,
        "payload_length": len(one.payload),
    }


def write(name: str, data: bytes, fields: dict[str, Any]) -> None:
    (FOLDER / f"{name}.bin").write_bytes(data)
    write_json(name, fields)


def write_json(name: str, value: Any) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def refusal(error: type[errors.WireError]) -> dict[str, Any]:
    return {"error": error.code, "close": error.close}


def write_frames() -> None:
    for name, (about, frames) in good().items():
        data = b"".join(frame.encode(one) for one in frames)
        events = [msgspec.to_builtins(found.events()) for found in batch.batches(frames)]
        large = len(data) > 10_000
        fields = {"about": about, "frames": [described(one) for one in frames]}
        write(
            name, data, fields | ({"event_counts": [len(found) for found in events]} if large else {"batches": events})
        )
    for name, (about, data, error) in bad_frames().items():
        write(f"bad-{name}", data, {"about": about, "layer": "frame"} | refusal(error))
    for name, (about, frames, error) in bad_batches().items():
        data = b"".join(frame.encode(one) for one in frames)
        write(f"bad-{name}", data, {"about": about, "layer": "batch"} | refusal(error))


PAGE_INFO = signals.PageInfo("https://shop.example/", "Shop", "")
DEVICE = signals.DeviceInfo("Mozilla/5.0", "en", "UTC", 1920, 1080, 1200, 800)
MESSAGES: dict[str, dict[str, list[msgspec.Struct]]] = {
    "control": {
        "FromCollector": [control.Resume("token", 1), control.Ping(3), control.Clocked(2, 1234.5)],
        "ToCollector": [
            control.Have(-1, limits.INITIAL_CREDIT_BYTES, False),
            control.Ack(41),
            control.Credit(5_000_000),
            control.Cadence(True),
            control.Pong(3),
            control.Clock(2),
            control.Goaway(1_000),
            control.Refused("recording_ended", "The recording has ended."),
        ],
        "FromViewer": [control.Watch("token"), control.Ping(1)],
        "ToViewer": [control.Watching(str(OTHER)), control.Opened(str(STREAM)), control.Closed(str(STREAM), True)],
    },
    "signals": {
        "FromPeer": [
            signals.Hello("demo", (1, 1), "0.1.0", 12.5, "tab", PAGE_INFO, DEVICE),
            signals.Hello("demo", (1, 1), "0.1.0", 0, "tab", PAGE_INFO, DEVICE, handle="h", token="t"),
            signals.WatchHello("token"),
            signals.Offer("v=0\r\n", "c1"),
            signals.Candidate("c1", "candidate:1 1 udp 1 127.0.0.1 9 typ host"),
            signals.Candidate("c1", "", "0"),
            signals.Bye("c1"),
        ],
        "ToPeer": [
            signals.Welcome(
                str(OTHER),
                str(STREAM),
                "token",
                "handle",
                "http://localhost:8000/sessions/1",
                [signals.IceServer(["stun:stun.example"]), signals.IceServer(["turn:turn.example"], "u", "c")],
                True,
                "balanced",
                1,
            ),
            signals.WatchWelcome([], False),
            signals.Answer("v=0\r\n", "c1"),
            signals.Restart(),
            signals.Refused("unavailable", "Later.", "c1"),
        ],
    },
}
NEWER: dict[str, str] = {
    "control": '{"t":"ping","n":1,"later":1}',
    "signals": '{"t":"bye","connection":"c","later":1}',
}
MALFORMED: dict[str, list[str]] = {
    "control": ["", "[]", "nonsense", '{"t":"nobody"}', '{"t":"ping"}', '{"t":"ping","n":-1}', '{"t":"ping","n":"1"}'],
    "signals": ["", "{}", '{"t":"offer","sdp":1,"connection":"c"}', '{"t":"bye"}', '{"t":"hello","key":"demo"}'],
}


def write_messages(name: str, limit: int) -> None:
    cases = [
        {"union": union, "text": msgspec.json.encode(message).decode(), "message": msgspec.to_builtins(message)}
        for union, messages in MESSAGES[name].items()
        for message in messages
    ]
    union = "FromCollector" if name == "control" else "FromPeer"
    cases.append({"union": union, "text": NEWER[name], "unknown": ["later"]})
    refused = [{"union": union, "text": text} | refusal(errors.MessageMalformed) for text in MALFORMED[name]]
    large = {"union": union, "text_length": limit + 1} | refusal(errors.MessageTooLarge)
    write_json(name, [*cases, *refused, large])


def main() -> None:
    for old in (*FOLDER.glob("*.bin"), *FOLDER.glob("*.json")):
        old.unlink()
    write_frames()
    write_messages("control", limits.MAX_CONTROL_BYTES)
    write_messages("signals", limits.MAX_SIGNAL_BYTES)


if __name__ == "__main__":
    main()
