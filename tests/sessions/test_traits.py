"""What is kept of what a site tells about a visitor."""

import msgspec
import pytest
from msgspec import Raw

from sessions.models import Visitor
from sessions.seal.run import seal_stream
from sessions.traits import MOST, Traits, clean_traits, merged
from sessions.wire.batch import Event
from tests.sessions.factories import a_frame, a_stream, store, store_events


def cleaned(json: bytes) -> Traits:
    return clean_traits(msgspec.json.decode(json, type=dict[str, Raw]))


def test_plain_values_are_kept_and_bounded() -> None:
    assert cleaned(b'{"a": "x", "b": 1, "c": 1.5, "d": true, "e": null}') == {
        "a": "x",
        "b": 1,
        "c": 1.5,
        "d": True,
        "e": None,
    }
    assert cleaned(b'{"a\\u0000": "x\\u0000y", "long": "' + b"x" * 5_000 + b'"}') == {"a": "xy", "long": "x" * 1_024}
    assert cleaned(b'{"list": [1], "object": {"a": 1}, "good": 1}') == {"good": 1}


@pytest.mark.parametrize("number", [b"1" * 5_000, b"1" * 20, b"-" + b"9" * 20, b"1e999"])
def test_numbers_that_cannot_be_stored_are_left_out(number: bytes) -> None:
    assert cleaned(b'{"a":' + number + b',"b":1}') == {"b": 1}


def test_the_newest_are_kept() -> None:
    old: Traits = {f"old{n}": n for n in range(MOST)}
    assert merged(old, {"old0": "new", "more": 1}) == {f"old{n}": n for n in range(2, MOST)} | {
        "old0": "new",
        "more": 1,
    }
    assert merged(old, {}) == old


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("objects")
def test_a_visitor_has_a_bounded_number_of_them() -> None:
    """Within a segment and over several."""
    stream = a_stream().stream
    seq = 0
    for run in range(2):
        told = [{f"{run}-{n}-{m}": "v" for m in range(MOST)} for n in range(4)]
        seq = store_events(
            stream, [Event(n, "identify", {"id": "a", "traits": each}) for n, each in enumerate(told)], seq=seq
        )
        seal_stream(stream_id=stream.pk)
        assert Visitor.objects.get().traits == told[-1]
    raw = b'[{"at":0,"kind":"identify","data":{"id":"b","traits":{"huge":' + b"1" * 5_000 + b',"last":1}}}]'
    store(stream, [a_frame(raw, stream=stream.pk, seq=seq)])
    seal_stream(stream_id=stream.pk)
    visitor = Visitor.objects.get()
    assert (visitor.external_id, len(visitor.traits), visitor.traits["last"]) == ("b", MOST, 1)
