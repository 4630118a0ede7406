"""The golden vectors: this language reads them as written down (tests/vectors/README.md)."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sessions.wire import batch, control, errors, frame, signals

FOLDER = Path(__file__).parents[2] / "vectors"
GOOD = [path.stem for path in sorted(FOLDER.glob("*.bin")) if not path.stem.startswith("bad-")]
BAD = [path.stem for path in sorted(FOLDER.glob("bad-*.bin"))]
UNIONS: dict[str, Any] = {
    "control": {name: getattr(control, name) for name in ("FromCollector", "ToCollector", "FromViewer", "ToViewer")},
    "signals": {name: getattr(signals, name) for name in ("FromPeer", "ToPeer")},
}
DECODERS: dict[str, Any] = {
    "FromCollector": control.decode_from_collector,
    "FromViewer": control.decode_from_viewer,
    "FromPeer": signals.decode,
}
MESSAGES = [
    pytest.param(name, case, id=f"{name}-{index}")
    for name in UNIONS
    for index, case in enumerate(json.loads((FOLDER / f"{name}.json").read_text()))
]


def load(name: str) -> tuple[bytes, dict[str, Any]]:
    return (FOLDER / f"{name}.bin").read_bytes(), json.loads((FOLDER / f"{name}.json").read_text())


def read_batches(data: bytes) -> list[list[batch.Event]]:
    return [found.events() for found in batch.batches(frame.decode_all(data))]


def read_raw_batches(data: bytes) -> list[list[batch.RawEvent]]:
    """As a segment is read: one frame at a time, data left as JSON."""
    return [found.raw_events() for found in batch.batches(frame.decode_each(io.BytesIO(data).read))]


READERS: dict[str, list[Callable[[bytes], object]]] = {
    "frame": [frame.decode],
    "batch": [read_batches, read_raw_batches],
}


def test_there_are_vectors() -> None:
    assert len(GOOD) >= 10
    assert len(BAD) >= 25


@pytest.mark.parametrize("name", GOOD)
def test_good_frames_are_read_and_written_again(name: str) -> None:
    data, expected = load(name)
    frames = frame.decode_all(data)
    headers = [
        {
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
        for one in frames
    ]
    assert headers == expected["frames"]
    assert b"".join(map(frame.encode, frames)) == data
    events = [msgspec.to_builtins(found) for found in read_batches(data)]
    assert msgspec.json.decode(msgspec.json.encode(read_raw_batches(data))) == events
    if "batches" in expected:
        assert events == expected["batches"]
    else:
        assert [len(found) for found in events] == expected["event_counts"]


@pytest.mark.parametrize("name", BAD)
def test_bad_ones_are_refused_by_code(name: str) -> None:
    data, expected = load(name)
    for read in READERS[expected["layer"]]:
        with pytest.raises(errors.WireError) as caught:
            read(data)
        assert (caught.value.code, caught.value.close) == (expected["error"], expected["close"])


@pytest.mark.parametrize(("name", "case"), MESSAGES)
def test_messages(name: str, case: dict[str, Any]) -> None:
    decode = DECODERS.get(case["union"], lambda text: msgspec.json.decode(text, type=UNIONS[name][case["union"]]))
    text = case.get("text", "x" * case.get("text_length", 0))
    if "error" in case:
        with pytest.raises(errors.WireError) as caught:
            decode(text)
        assert (caught.value.code, caught.value.close) == (case["error"], case["close"])
        return
    message = decode(text)
    if "message" in case:
        assert json.loads(msgspec.json.encode(message)) == case["message"]
        assert json.loads(text) == case["message"]
    for field in case.get("unknown", ()):
        assert not hasattr(message, field)
