"""Sealing: once, twice, at once, after a crash at any point: the same."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from sessions import selectors, tasks
from sessions.failpoints import VARIABLE, FailpointReached
from sessions.models import Frame, Gap, Marker, Project, Recording, Sealing, Segment, Stream
from sessions.objects import ObjectStore
from sessions.seal import run, sweep
from sessions.seal.build import Built
from sessions.seal.claim import GIVE_UP_AFTER, STALE_AFTER, Claim, claim
from sessions.seal.finish import finish
from sessions.seal.run import seal_range, seal_stream
from sessions.services import recording_delete
from sessions.wire import batch, frame
from sessions.wire.batch import Event
from tests.sessions.factories import a_stream, an_event, as_event, frames_for, store, store_events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("objects")]

VISIT = [
    Event(0, "page", {"cause": "load", "url": "https://shop.example/", "title": "Shop", "referrer": ""}),
    Event(5, "dom", {"type": 4, "data": {"href": "https://shop.example/"}}),
    Event(7, "dom", {"type": 2, "data": {"node": {"id": 1}}}),
    Event(20, "click", {"x": 1, "y": 2, "id": 7, "name": "Add to cart"}),
    Event(30, "error", {"type": "error", "message": "boom", "source": "", "line": 1, "column": 2, "stack": ""}),
    Event(40, "request", {"id": 1, "phase": "start", "initiator": "fetch", "method": "GET", "url": "/a"}),
    Event(
        50,
        "request",
        {"id": 1, "phase": "end", "initiator": "fetch", "method": "GET", "url": "/a", "status": 500, "outcome": "ok"},
    ),
    Event(60, "identify", {"id": "alice\0", "traits": {"plan": "pro", "bad\0": "x\0y", "nested": {"no": 1}}}),
    Event(70, "track", {"name": "bought", "properties": {}}),
]


def visit() -> Stream:
    stream = a_stream().stream
    store_events(stream, VISIT)
    return stream


def stored_events(stream: Stream) -> list[Event]:
    recording = Recording.objects.get(pk=stream.recording_id)
    found = selectors.events(recording=recording, stream=Stream.objects.get(pk=stream.pk))
    return [as_event(one.event) for one in found]


def age_claims() -> None:
    Sealing.objects.update(claimed_at=timezone.now() - STALE_AFTER)


def give_up(stream: Stream) -> None:
    long_ago = timezone.now() - GIVE_UP_AFTER * 2
    Stream.objects.filter(pk=stream.pk).update(ended_at=long_ago, seen_at=long_ago)


def facts() -> dict[str, Any]:
    """All that sealing leaves behind, apart from keys and times."""
    fields = ("n", "first_seq", "last_seq", "events", "frames_rtc", "snapshot_at")
    counters = ("pages", "clicks", "errors", "failed_requests", "events")
    return {
        "segments": list(Segment.objects.values_list(*fields)),
        "markers": list(Marker.objects.order_by("at", "kind").values_list("at", "kind", "label")),
        "counters": list(Recording.objects.values_list(*counters)),
        "gaps": list(Gap.objects.values_list("first_seq", "last_seq", "at", "cause")),
        "sealed_to": list(Stream.objects.values_list("sealed_to", flat=True)),
        "hot": Frame.objects.count(),
        "claims": Sealing.objects.count(),
    }


def named_objects(objects: ObjectStore) -> None:
    """Every object has a row and every row its object."""
    assert {found.key for found in objects.list()} == set(Segment.objects.values_list("object_key", flat=True))


def test_a_visit_is_sealed(objects: ObjectStore) -> None:
    stream = visit()
    before = stored_events(stream)
    assert seal_stream(stream_id=stream.pk) == 1
    found = facts()
    assert (found["hot"], found["claims"], found["sealed_to"], found["gaps"]) == (0, 0, [8], [])
    assert found["counters"][0] == (1, 1, 1, 1, 9)
    assert found["segments"][0] == (0, 0, 8, 9, 9, 7)
    assert found["markers"] == [
        (0, "page", "https://shop.example/"),
        (20, "click", "Add to cart"),
        (30, "error", "boom"),
        (50, "failed_request", "500 GET /a"),
        (70, "custom", "bought"),
    ]
    visitor = Recording.objects.get().visitor
    assert (visitor.external_id, visitor.traits) == ("alice", {"plan": "pro", "bad": "xy"})
    assert stored_events(stream) == before == VISIT
    segment = Segment.objects.get()
    stored = objects.get(segment.object_key)
    assert (segment.size, segment.digest) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert segment.raw_size == len(b"".join(map(frame.encode, selectors.segment_frames(segment))))
    assert Recording.objects.get().stored_bytes == len(stored)
    assert segment.sealed_by.endswith(f":{os.getpid()}")
    assert segment.object_key == f"{stream.recording.project_id}/{stream.recording_id}/{stream.pk}/0-8.1.sl"
    named_objects(objects)


def test_twice_is_as_once() -> None:
    stream = visit()
    tasks.seal(str(stream.pk))
    once = facts()
    tasks.seal(str(stream.pk))
    assert facts() == once


def test_segments_count_up_over_streams() -> None:
    opened = a_stream()
    other = a_stream(opened.recording.project, handle=opened.handle)
    assert other.recording == opened.recording
    for stream in (opened.stream, other.stream, opened.stream):
        first = Frame.objects.filter(stream=stream).count() + Stream.objects.get(pk=stream.pk).sealed_to + 1
        store_events(stream, [an_event(1)], seq=first)
        seal_stream(stream_id=stream.pk)
    assert list(Segment.objects.values_list("n", "first_seq")) == [(0, 0), (1, 0), (2, 1)]


@pytest.mark.parametrize("point", ["seal.claimed", "seal.put", "seal.finish", "seal.finished"])
def test_after_a_failure_at_any_point(point: str, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = visit()
    seal_stream(stream_id=reference.pk)
    expected = facts()
    recording_delete(recording=reference.recording)

    stream = visit()
    monkeypatch.setenv(VARIABLE, f"{point}=raise")
    with pytest.raises(FailpointReached):
        seal_stream(stream_id=stream.pk)
    assert stored_events(stream) == VISIT
    monkeypatch.delenv(VARIABLE)
    age_claims()
    seal_stream(stream_id=stream.pk)
    assert facts() == expected
    assert stored_events(stream) == VISIT
    sweep.prune_objects(older_than=timedelta(0))
    named_objects(objects)


def test_killed_while_sealing(objects: ObjectStore, settings: Settings) -> None:
    """A process of its own dies by SIGKILL behind the put; the next one seals the same range."""
    stream = visit()
    program = (
        "import django; from django.conf import settings; django.setup();"
        f"settings.DATABASES['default']['NAME'] = {str(connection.settings_dict['NAME'])!r};"
        f"from pathlib import Path; settings.OBJECTS_DIR = Path({str(settings.OBJECTS_DIR)!r});"
        "from uuid import UUID; from sessions.seal.run import seal_stream;"
        f"seal_stream(stream_id=UUID({str(stream.pk)!r}))"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env=os.environ | {VARIABLE: "seal.put=kill", "DJANGO_SETTINGS_MODULE": "config.settings"},
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (Segment.objects.count(), Sealing.objects.get().attempt) == (0, 1)
    assert len(list(objects.list())) == 1
    assert seal_stream(stream_id=stream.pk) == 0, "a fresh claim is another process's"
    age_claims()
    assert seal_stream(stream_id=stream.pk) == 1
    assert stored_events(stream) == VISIT
    named_objects(objects)


def test_two_attempts_at_once(objects: ObjectStore) -> None:
    stream = visit()
    first = claim(stream_id=stream.pk)
    age_claims()
    second = claim(stream_id=stream.pk)
    assert first
    assert second
    assert (first.first_seq, first.last_seq) == (second.first_seq, second.last_seq)
    assert first.key() != second.key()
    assert seal_range(second)
    once = facts()
    assert not seal_range(first)
    assert facts() == once
    named_objects(objects)


@pytest.mark.parametrize("rival", ["finishes", "deletes"])
def test_an_attempt_that_lost_takes_its_object_back(
    objects: ObjectStore, monkeypatch: pytest.MonkeyPatch, rival: str
) -> None:
    stream = visit()
    first = claim(stream_id=stream.pk)
    assert first
    age_claims()

    def finish_late(claimed: Claim, built: Built) -> bool:
        monkeypatch.undo()
        assert [found.key for found in objects.list()] == [first.key()]
        if rival == "finishes":
            assert seal_stream(stream_id=stream.pk) == 1
        else:
            recording_delete(recording=stream.recording)
            objects.put_new(claimed.key(), built.data)  # as if it came behind the deleting
        return finish(claimed, built)

    monkeypatch.setattr(run, "finish", finish_late)
    assert not seal_range(first)
    named_objects(objects)


def test_many_sealers_at_once(objects: ObjectStore, settings: Settings) -> None:
    settings.SEAL_BYTES = 100
    stream = a_stream().stream
    store_events(stream, [an_event(n) for n in range(40)])
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(3):
                seal_stream(stream_id=stream.pk)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    seal_stream(stream_id=stream.pk)
    assert [event.at for event in stored_events(stream)] == list(range(40))
    assert Recording.objects.get().events == 40
    assert not Frame.objects.exists()
    named_objects(objects)


def test_ranges_are_cut_at_batches_and_bounded(settings: Settings) -> None:
    settings.SEAL_BYTES = 50_000
    stream = a_stream().stream
    text = os.urandom(60_000).hex()
    frames = frames_for(stream.pk, [Event(0, "dom", {"type": 2, "data": text})], codec=frame.CODEC_JSON)
    store(stream, frames)
    seq = store_events(stream, [an_event(1)], seq=len(frames))
    more = frames_for(stream.pk, [Event(2, "dom", {"type": 3, "data": text})], seq=seq, codec=frame.CODEC_JSON)
    store(stream, more[:1])
    seal_stream(stream_id=stream.pk)
    assert list(Segment.objects.values_list("first_seq", "last_seq")) == [(0, seq - 1)]
    store(stream, more[1:])
    seal_stream(stream_id=stream.pk)
    assert list(Segment.objects.values_list("first_seq", "last_seq")) == [(0, seq - 1), (seq, seq + len(more) - 1)]
    assert [event.at for event in stored_events(stream)] == [0, 1, 2]


def test_a_hole_stops_sealing_until_the_stream_is_over() -> None:
    stream = a_stream().stream
    store_events(stream, [an_event(0), an_event(1)])
    store_events(stream, [an_event(50), an_event(60)], seq=5)
    assert seal_stream(stream_id=stream.pk) == 1
    assert seal_stream(stream_id=stream.pk) == 0
    assert facts()["sealed_to"] == [1]
    give_up(stream)
    assert seal_stream(stream_id=stream.pk) == 1
    assert facts()["gaps"] == [(2, 4, 50, "lost")]
    assert facts()["sealed_to"] == [6]
    assert [event.at for event in stored_events(stream)] == [0, 1, 50, 60]
    store_events(stream, [an_event(10)], seq=3)
    assert not Frame.objects.exists(), "what was given up does not come back"


def test_corrupt_batches_become_gaps_and_the_rest_is_sealed() -> None:
    stream = a_stream().stream
    store_events(stream, [an_event(n * 10) for n in range(6)])
    for seq in (1, 2, 5):
        body = bytes(Frame.objects.get(seq=seq).body)
        Frame.objects.filter(seq=seq).update(body=body[:-1] + bytes([body[-1] ^ 1]))
    seal_stream(stream_id=stream.pk)
    assert facts()["gaps"] == [(1, 2, 30, "corrupt"), (5, 5, 50, "corrupt")]
    assert [event.at for event in stored_events(stream)] == [0, 30, 40]
    assert facts()["hot"] == 0


def test_a_lie_about_a_batch_is_a_gap() -> None:
    """Frames whose headers are fine and whose batch is not: all pass the link's checks."""
    stream = a_stream().stream
    good = frames_for(stream.pk, [an_event(0)])[0]
    bomb = batch._deflate(b"[" + b" " * 5_000_000 + b"]")
    lies = [
        frame.Frame(stream.pk, 1, 0, 1, 1, 0, 1, 10, bomb),
        frame.Frame(stream.pk, 2, frame.FLAG_CONTINUED, 1, 1, 0, 1, 10, b"x"),
        frame.Frame(stream.pk, 3, frame.FLAG_MORE, 1, 1, 0, 1, 10, b"x"),
        frame.Frame(stream.pk, 4, 0, 0, 1, 0, 1, 5, b"nope!"),
    ]
    store(stream, [good, *lies])
    store_events(stream, [an_event(9)], seq=5)
    seal_stream(stream_id=stream.pk)
    assert facts()["gaps"] == [(1, 4, 9, "corrupt")]
    assert [event.at for event in stored_events(stream)] == [0, 9]


def test_a_batch_without_an_end_is_given_up_when_the_stream_is_over() -> None:
    stream = a_stream().stream
    frames = frames_for(stream.pk, [Event(0, "dom", os.urandom(60_000).hex())], codec=frame.CODEC_JSON)
    store(stream, frames[:-1])
    assert seal_stream(stream_id=stream.pk) == 0
    give_up(stream)
    seal_stream(stream_id=stream.pk)
    assert facts()["gaps"] == [(0, len(frames) - 2, 0, "corrupt")]
    assert (facts()["segments"], facts()["hot"]) == ([], 0)


def test_malformed_event_data_makes_no_marker() -> None:
    stream = a_stream().stream
    odd = [
        Event(0, "click", None),
        Event(1, "page", {"url": 5}),
        Event(2, "unheard_of", {"x": 1}),
        Event(3, "identify", {"id": 5}),
        Event(4, "dom", "nothing"),
        Event(5, "click", {"x": 1, "y": 1, "id": 1, "name": "a\0\ud83d"}),
    ]
    store_events(stream, odd[:-1])
    raw = b'[{"at":5,"kind":"click","data":{"x":1,"y":1,"id":1,"name":"a\\u0000b"}}]'
    store(stream, [frame.Frame(stream.pk, 5, 0, 0, 1, 5, 5, len(raw), raw)])
    seal_stream(stream_id=stream.pk)
    assert facts()["markers"] == [(5, "click", "ab")]
    assert facts()["counters"][0][4] == 6


def test_a_deleted_recording_leaves_nothing(objects: ObjectStore) -> None:
    stream = visit()
    claimed = claim(stream_id=stream.pk)
    assert claimed
    recording_delete(recording=stream.recording)
    assert not seal_range(claimed)
    assert not list(objects.list())
    assert seal_stream(stream_id=stream.pk) == 0


def test_the_sweep_finds_old_frames_much_and_stale_claims(settings: Settings) -> None:
    stream = visit()
    assert sweep.streams_to_seal() == []
    Frame.objects.update(received_at=timezone.now() - timedelta(milliseconds=settings.SEAL_AFTER_MS + 1))
    assert sweep.streams_to_seal() == [stream.pk]
    Frame.objects.update(received_at=timezone.now())
    settings.SEAL_BYTES = 100
    assert sweep.streams_to_seal() == [stream.pk]
    assert claim(stream_id=stream.pk)
    assert sweep.streams_to_seal() == []
    age_claims()
    assert sweep.streams_to_seal() == [stream.pk]


def test_sweep_enqueues_each(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    stream = visit()
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks.seal, "delay_on_commit", lambda pk: asked.append(("seal", pk)))
    monkeypatch.setattr(tasks.finalize, "delay_on_commit", lambda pk: asked.append(("finalize", pk)))
    Frame.objects.update(received_at=timezone.now() - timedelta(hours=1))
    Recording.objects.update(active_at=timezone.now() - timedelta(hours=1))
    tasks.sweep()
    tasks.sweep()
    assert asked == [("seal", str(stream.pk)), ("finalize", str(stream.recording_id))] * 2


def test_finalize_seals_the_rest_and_ends(settings: Settings) -> None:
    stream = a_stream().stream
    store_events(stream, [an_event(0)])
    store_events(stream, [an_event(2)], seq=2)
    tasks.finalize(str(stream.recording_id))
    assert Recording.objects.get().ended_at is None, "it is not idle"
    Recording.objects.update(active_at=timezone.now() - timedelta(milliseconds=settings.RECORDING_IDLE_MS))
    tasks.finalize(str(stream.recording_id))
    once = facts()
    ended_at = Recording.objects.get().ended_at
    assert ended_at
    assert Stream.objects.get().ended_at
    assert once["gaps"] == [(1, 1, 2, "lost")]
    assert once["hot"] == 0
    tasks.finalize(str(stream.recording_id))
    assert facts() == once
    assert Recording.objects.get().ended_at == ended_at


def test_prune_spares_what_is_young_or_named(objects: ObjectStore) -> None:
    stream = visit()
    seal_stream(stream_id=stream.pk)
    objects.put_new(f"{stream.recording.project_id}/b/c/0-1.1.sl", b"left over")
    tasks.prune()
    tasks.prune()
    assert len(list(objects.list())) == 2
    assert sweep.prune_objects(older_than=timedelta(0)) == 1
    named_objects(objects)


def test_prune_spares_what_another_database_may_name(objects: ObjectStore) -> None:
    """With the wrong DATABASE_URL, or one whose rows are gone, nothing is left over: all of it is somebody's."""
    stream = visit()
    seal_stream(stream_id=stream.pk)
    before = [found.key for found in objects.list()]
    Recording.objects.all().delete()
    Project.objects.all().delete()
    a_stream()
    assert sweep.prune_objects(older_than=timedelta(0)) == 0
    assert [found.key for found in objects.list()] == before
