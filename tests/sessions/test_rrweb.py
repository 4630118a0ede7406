"""Our events in rrweb's form."""

import msgspec
import pytest

from sessions.rrweb import to_rrweb
from sessions.wire.batch import Event
from tests.sessions.factories import as_raw


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event(5.4, "dom", {"type": 2, "data": {"node": 1}}), {"type": 2, "data": {"node": 1}, "timestamp": 1005}),
        (
            Event(6, "pointer", {"x": 1.5, "y": 2, "id": 7}),
            {
                "type": 3,
                "data": {"source": 1, "positions": [{"x": 1.5, "y": 2, "id": 7, "timeOffset": 0}]},
                "timestamp": 1006,
            },
        ),
        (
            Event(7, "viewport", {"width": 800, "height": 600}),
            {"type": 3, "data": {"source": 4, "width": 800, "height": 600}, "timestamp": 1007},
        ),
        (
            Event(8, "click", {"x": 1, "y": 2, "id": 7, "name": "Buy"}),
            {
                "type": 5,
                "data": {"tag": "click", "payload": {"x": 1, "y": 2, "id": 7, "name": "Buy"}},
                "timestamp": 1008,
            },
        ),
        (Event(9, "new", [1]), {"type": 5, "data": {"tag": "new", "payload": [1]}, "timestamp": 1009}),
        (Event(9, "dom", "odd"), {"type": 5, "data": {"tag": "dom", "payload": "odd"}, "timestamp": 1009}),
    ],
)
def test_forms(event: Event, expected: dict[str, object]) -> None:
    assert msgspec.json.decode(msgspec.json.encode(to_rrweb(as_raw(event), began_at_ms=1_000))) == expected
