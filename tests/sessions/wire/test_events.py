"""Reading a stranger's events: what is refused, and at what cost the rest is read."""

import tracemalloc
from collections.abc import Callable, Sequence

import msgspec
import pytest

from sessions.models import Link
from sessions.rrweb import to_rrweb
from sessions.seal.build import StoredFrame, build
from sessions.wire import batch, errors, events, frame
from tests.sessions.factories import a_frame

RAW_BYTES = 2 * 1_048_576
LARGEST_COPIES = 4
"""How often the bytes of a batch may be in memory at once."""


def filled(unit: bytes, head: bytes, tail: bytes) -> bytes:
    """About RAW_BYTES of one event."""
    many = (RAW_BYTES - len(head) - len(tail)) // len(unit)
    return b'[{"at":0,' + head + unit * (many - 1) + unit[:-1] + tail + b"}]"


HOSTILE = {
    "lists": filled(b"[],", b'"kind":"x","data":[', b"]"),
    "objects": filled(b'{"":0},', b'"kind":"x","data":[', b"]"),
    "snapshot": filled(b"[],", b'"kind":"dom","data":{"type":2,"data":[', b"]}"),
    "properties": filled(b"[],", b'"kind":"track","data":{"name":"n","properties":{"a":[', b"]}}"),
    "trait": filled(b"[],", b'"kind":"identify","data":{"id":"a","traits":{"a":[', b"]}}"),
    "kind": filled(b"kk", b'"kind":"', '\N{GRINNING FACE}","data":0'.encode()),
    "url": filled(b"uu", b'"kind":"page","data":{"cause":"load","title":"","referrer":"","url":"', b'u"}'),
}


def stored(raw: bytes, *, count: int = 1) -> StoredFrame:
    return StoredFrame(0, 0, Link.RTC, 0, frame.encode(a_frame(raw, count=count)))


def peak(run: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def export(raw: bytes) -> None:
    """Line by line, as the API writes them."""
    for event in batch.Batch((a_frame(raw),)).raw_events():
        assert msgspec.json.encode(event)
        assert msgspec.json.encode(to_rrweb(event, began_at_ms=0))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_batch_costs_little_more_than_its_bytes(name: str) -> None:
    raw = HOSTILE[name]
    row = stored(raw)
    assert peak(lambda: build([row])) < LARGEST_COPIES * len(raw)
    assert peak(lambda: export(raw)) < LARGEST_COPIES * len(raw)
    assert build([row]).findings.events == 1


def test_events_beyond_the_declared_number_are_not_read() -> None:
    raw = b"[" + b'{"at":0,"kind":"x","data":0},' * 50_000 + b'{"at":0,"kind":"x","data":0}]'
    row = stored(raw, count=3)
    assert peak(lambda: build([row])) < LARGEST_COPIES * len(raw)
    assert build([row]).corrupt
    with pytest.raises(errors.BatchCorrupt):
        events.decode_raw(raw, most=50_000)
    assert len(events.decode_raw(raw, most=50_001)) == 50_001


@pytest.mark.parametrize(
    "raw",
    [
        b'[{"at":0,"kind":5,"data":0}]',
        b'[{"at":0,"kind":null,"data":0}]',
        b'[{"at":"0","kind":"x","data":0}]',
        b'[{"at":0,"kind":"x"}]',
        b'[{"at":0,"kind":"x","data":"\xff"}]',
        b'[{"at":0,"kind":"\xed\xa0\xbd","data":0}]',
        b'[{"at":0,"kind":"x","data":"a\nb"}]',
        b'[{"at":0,"kind":"x","data":"\\q"}]',
        b'[{"at":0,"kind":"x","data":"\\ud83d"}]',
        b'[{"at":0,"kind":"x","data":[1,]}]',
        b'[{"at":0,"kind":"x","data":NaN}]',
        b'[{"at":0,"kind":"x","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
        b'{"at":0,"kind":"x","data":0}',
        b'[{"at":0,"kind":"x","data":0}',
    ],
)
def test_what_is_no_json_of_events_is_refused_though_data_is_not_looked_into(raw: bytes) -> None:
    for decode in readers():
        with pytest.raises(errors.BatchCorrupt):
            decode(raw)


def readers() -> Sequence[Callable[[bytes], object]]:
    return events.decode, lambda raw: events.decode_raw(raw, most=9)


def test_an_event_is_one_line() -> None:
    (found,) = events.decode_raw(b'[{"at":1,"kind":"x","data":{"a"\r\n:\n[1,\n"b\\n"]}}]', most=1)
    assert msgspec.json.encode(found).splitlines() == [b'{"at":1.0,"kind":"x","data":{"a"  : [1, "b\\n"]}}']


def test_an_event_knows_its_kind() -> None:
    raw = b'[{"at":1,"kind":"d\\u006fm","data":0},{"at":1,"kind":"' + b"x" * 70 + b'","data":0}]'
    assert [event.name for event in events.decode_raw(raw, most=2)] == ["dom", ""]
