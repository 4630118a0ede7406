"""The checker sees what it is there to see."""

import hashlib
from dataclasses import replace

import msgspec
import pytest

from sessions.wire.batch import Event
from tests.faults.checker import Promise, SentBatch, check_events, check_stored, promise
from tests.faults.journal import Entry
from tests.faults.stored import StoredBatch

EVENTS = [Event(at, "track", {"name": str(at), "properties": {}}) for at in range(6)]


def sha(numbers: list[int]) -> str:
    return hashlib.sha256(msgspec.json.encode([EVENTS[n] for n in numbers])).hexdigest()


@pytest.fixture
def promised() -> Promise:
    batches = [SentBatch(0, 1, 2, sha([0, 1])), SentBatch(1, 2, 1, sha([2])), SentBatch(3, 1, 3, sha([3, 4, 5]))]
    return Promise({one.first_seq: one for one in batches}, acked=2, broken=[])


@pytest.fixture
def stored(promised: Promise) -> list[StoredBatch]:
    return [StoredBatch(one.first_seq, one.frames, one.sha) for one in promised.sent.values()]


def test_all_is_well(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, stored) == []
    assert check_events(promised, EVENTS) == []


def test_what_was_not_acked_may_be_missing(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, stored[:2]) == []
    assert check_events(promised, EVENTS[:3]) == []


def test_a_loss(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, stored[:1]) == ["seq 1 was acked and is not stored"]
    assert check_events(promised, EVENTS[:2]) == ["the 0 events at seq 1 are not what was sent"]


def test_a_hole(promised: Promise, stored: list[StoredBatch]) -> None:
    assert "seq 3 is stored where 1 was due" in check_stored(promised, [stored[0], stored[2]])


def test_a_repeat(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, [*stored[:2], stored[1], stored[2]]) != []
    assert check_events(promised, [*EVENTS[:3], *EVENTS[2:]]) != []


def test_disorder(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, [stored[1], stored[0], stored[2]]) != []
    assert check_events(promised, [EVENTS[1], EVENTS[0], *EVENTS[2:]]) != []


def test_another_byte(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, [replace(stored[0], sha="0"), *stored[1:]]) == ["seq 0 is not what was sent"]
    changed = Event(0, "track", {"name": "?", "properties": {}})
    assert check_events(promised, [changed, *EVENTS[1:]]) != []


def test_what_nobody_sent(promised: Promise, stored: list[StoredBatch]) -> None:
    assert check_stored(promised, [*stored, StoredBatch(4, 1, "0")]) == ["seq 4 is stored and was never sent"]
    assert check_events(promised, [*EVENTS, EVENTS[0]]) == ["1 events more than were sent"]


def test_a_promise_is_what_the_journal_of_the_stream_says() -> None:
    told = {"of": 0, "frames": 1, "events": 2, "sha": "a"}
    journal = [
        Entry(0, "sent", {"stream": "x", "seq": 0, **told}),
        Entry(1, "ack", {"stream": "y", "seq": 9}),
        Entry(2, "ack", {"stream": "x", "seq": 0}),
        Entry(3, "broken", {"stream": "x", "seq": -1, "acked": 0}),
    ]
    found = promise(journal, "x")
    assert found.sent == {0: SentBatch(0, 1, 2, "a")}
    assert found.acked == 0
    assert check_stored(found, [StoredBatch(0, 1, "a")]) == [
        "up to seq 0 was acked, and then the server said it has -1"
    ]
