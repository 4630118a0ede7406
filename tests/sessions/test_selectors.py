"""Selectors: what a member sees, page by page; stored frames and events, sealed, hot, and while they are sealed."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import connection
from django.utils import timezone

from sessions import selectors
from sessions.models import Frame, Gap, Link, Marker, Membership, Project, Recording, Stream, Visitor
from sessions.seal.run import seal_stream
from sessions.selectors import CursorInvalid, RecordingFilters
from sessions.services import project_create
from sessions.wire import batch, frame
from sessions.wire.batch import Event
from tests.sessions.factories import a_member, a_project, a_stream, an_event, frames_for, store, store_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("objects")]


def seen(member: Any, **filters: Any) -> list[Recording]:
    return selectors.recording_list(member=member, filters=RecordingFilters(**filters)).items


def test_members_see_their_projects_only() -> None:
    alice, bob, charlie = (a_member(f"{name}@example.org") for name in ("alice", "bob", "charlie"))
    root = a_member("root@example.org", is_superuser=True)
    project = project_create(name="Shop", owner=alice)
    Membership.objects.create(project=project, member=bob)
    recording = a_stream(project).recording
    a_stream()
    assert seen(alice) == seen(bob) == [recording]
    assert seen(charlie) == []
    assert len(seen(root)) == 2


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    alice = a_member()
    project = project_create(name="Shop", owner=alice)
    now = timezone.now()
    for n in range(7):
        recording = a_stream(project).recording
        Recording.objects.filter(pk=recording.pk).update(started_at=now - timedelta(seconds=n // 3))
    found: list[Recording] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        page = selectors.recording_list(member=alice, cursor=cursor, limit=2)
        found, cursor, pages = found + page.items, page.next_cursor, pages + 1
    assert pages == 4
    assert found == list(Recording.objects.order_by("-started_at", "-pk"))
    before_all = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{uuid4()}".encode()).decode()
    for bad in ("x", "eA==", "MjAyNHx4", "é", before_all):
        with pytest.raises(CursorInvalid):
            selectors.recording_list(member=alice, cursor=bad)


def test_a_list_may_leave_traits_out(django_assert_num_queries: Any) -> None:
    alice = a_member()
    a_stream(project_create(name="Shop", owner=alice))
    Visitor.objects.update(traits={"plan": "pro"})
    with django_assert_num_queries(2):  # her projects, the list
        (lean,) = selectors.recording_list(member=alice, traits=False).items
        assert str(lean.visitor)
    assert "traits" in lean.visitor.get_deferred_fields()
    (full,) = selectors.recording_list(member=alice).items
    with django_assert_num_queries(0):
        assert full.visitor.traits == {"plan": "pro"}


@pytest.mark.parametrize("who", ["superuser", "member"])
def test_lists_are_read_in_the_order_of_an_index(who: str) -> None:
    alice = a_member(is_superuser=who == "superuser")
    project = project_create(name="Shop", owner=alice)
    a_stream(project)
    found = Recording.objects.for_member(alice).order_by("-started_at", "-pk")[:50]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which would rather sort a handful
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = found.explain()
    assert {"superuser": "recording_list_all", "member": "recording_list"}[who] in plan
    assert "sort" not in plan.lower()
    assert "ORDER BY" not in plan, "SQLite's word for sorting"


def test_filters() -> None:
    alice = a_member()
    project = project_create(name="Shop", owner=alice)
    one, two = a_stream(project).recording, a_stream(project, user_agent="Googlebot/2.1").recording
    Visitor.objects.filter(pk=one.visitor_id).update(external_id="alice-7")
    Recording.objects.filter(pk=one.pk).update(errors=2, failed_requests=1, duration_ms=9_000)
    long_ago = timezone.now() - timedelta(days=3)
    Recording.objects.filter(pk=two.pk).update(started_at=long_ago, seen_at=long_ago, ended_at=long_ago)
    Stream.objects.filter(recording=two).update(url="https://shop.example/cart", title="Your cart")
    only_one: list[dict[str, Any]] = [
        {"live": True},
        {"state": "live"},
        {"visitor": one.visitor_id},
        {"external_id": "alice-7"},
        {"browser": "chrome"},
        {"os": "Linux"},
        {"device": "desktop"},
        {"has_errors": True},
        {"has_failed_requests": True},
        {"min_duration_ms": 5_000},
        {"since": timezone.now() - timedelta(days=1)},
        {"q": "alice"},
    ]
    only_two: list[dict[str, Any]] = [
        {"live": False},
        {"state": "ended"},
        {"visitor": two.visitor_id},
        {"device": "bot"},
        {"has_errors": False},
        {"until": timezone.now() - timedelta(days=1)},
        {"url": "/CART"},
        {"q": "your cart"},
    ]
    for filters in only_one:
        assert seen(alice, **filters) == [one], filters
    for filters in only_two:
        assert seen(alice, **filters) == [two], filters
    assert seen(alice, state="open") == []
    assert seen(alice, project=project.pk) == [one, two]
    assert seen(alice, project=a_project().pk) == []
    Recording.objects.filter(pk=one.pk).update(seen_at=long_ago)
    assert seen(alice, state="open") == [one]


def test_the_playlist_has_the_documented_shape() -> None:
    opened = a_stream(a_project(policy=Project.Policy.BALANCED))
    store_events(
        opened.stream, [Event(5, "dom", {"type": 2, "data": {}}), Event(9, "track", {"name": "t", "properties": {}})]
    )
    seal_stream(stream_id=opened.stream.pk)
    store_events(opened.stream, [an_event(10), an_event(11)], seq=2)
    Gap.objects.create(stream=opened.stream, first_seq=9, last_seq=9, at=1, cause="lost")
    recording = Recording.objects.get()
    found = json.loads(json.dumps(selectors.playlist(recording=recording)))
    (stream,) = found.pop("streams")
    (segment,) = stream.pop("segments")
    assert segment.pop("size") > 0
    assert segment == {"n": 0, "first_seq": 0, "last_seq": 1, "first_at": 5, "last_at": 9, "snapshot_at": 5}
    assert stream == {
        "id": str(opened.stream.pk),
        "tab": "t1",
        "url": "https://shop.example/list",
        "title": "The shop",
        "offset_ms": 0,
        "last_at": 11,
        "ended": False,
        "sealed_to": 1,
        "hot": {"first_seq": 2, "last_seq": 3},
        "gaps": [{"first_seq": 9, "last_seq": 9, "at": 1, "cause": "lost"}],
    }
    assert found == {
        "recording": {
            "id": str(recording.pk),
            "state": "live",
            "started_at": recording.started_at.isoformat(),
            "duration_ms": 11,
            "policy": "balanced",
            "markers_cut": False,
        },
        "markers": [{"stream": str(opened.stream.pk), "at": 9, "kind": "custom", "label": "t"}],
    }


def test_a_recording_has_a_bounded_number_of_markers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all its segments; what is counted is counted on."""
    monkeypatch.setattr(Marker, "MOST", 5)
    opened = a_stream()
    for seq in (0, 3, 6):
        store_events(opened.stream, [an_event(seq + n) for n in range(3)], seq=seq)
        seal_stream(stream_id=opened.stream.pk)
        playlist = selectors.playlist(recording=opened.recording)
        kept = min(5, seq + 3)
        assert [marker["at"] for marker in playlist["markers"]] == list(range(kept))
        assert playlist["recording"]["markers_cut"] == (kept == 5)
    assert Recording.objects.get().events == 9
    monkeypatch.setattr(Marker, "MOST", 2)
    assert len(selectors.playlist(recording=opened.recording)["markers"]) == 2, "of an older version's too"


def test_links_count_sealed_and_hot() -> None:
    opened = a_stream()
    for seq, link in enumerate([Link.RELAY, Link.RTC, Link.RTC, Link.BEACON]):
        store(opened.stream, frames_for(opened.stream.pk, [an_event(seq)], seq=seq), link)
        if seq == 1:
            seal_stream(stream_id=opened.stream.pk)
    assert selectors.links(recording=opened.recording) == {"rtc": 2, "relay": 1, "beacon": 1}
    assert selectors.links(recording=a_stream().recording) == {"rtc": 0, "relay": 0, "beacon": 0}


def test_hot_frames_come_in_whole_batches() -> None:
    stream = a_stream().stream
    store_events(stream, [an_event(0), an_event(1)])
    large = frames_for(stream.pk, [Event(2, "dom", "x" * 150_000)], seq=2, codec=frame.CODEC_JSON)
    store(stream, large)
    end = 2 + len(large)
    store_events(stream, [an_event(3)], seq=end)
    unfinished = frames_for(stream.pk, [Event(4, "dom", "x" * 150_000)], seq=end + 1, codec=frame.CODEC_JSON)[:1]
    store(stream, unfinished)

    def seqs(**bounds: Any) -> list[int]:
        return [one.seq for one in frame.decode_all(selectors.hot_frames(stream=stream, **bounds))]

    assert seqs(first=0) == list(range(end + 1))
    assert seqs(first=1) == list(range(1, end + 1))
    assert seqs(first=3) == list(range(2, end + 1)), "from the beginning of the batch that holds it"
    assert seqs(first=0, last=0) == [0]
    assert seqs(first=0, last=2) == list(range(end)), "to the end of the batch that holds it"
    assert seqs(first=2, limit_bytes=10) == list(range(2, end)), "one batch whatever its size"
    assert seqs(first=0, limit_bytes=1_000) == [0, 1]
    assert seqs(first=end + 1) == []
    Frame.objects.filter(seq=3).delete()
    assert seqs(first=0) == [0, 1, end], "a batch with a hole is none"


def test_segments_are_read_as_stored() -> None:
    opened = a_stream()
    frames = frames_for(opened.stream.pk, [an_event(0), an_event(1)])
    store(opened.stream, frames)
    seal_stream(stream_id=opened.stream.pk)
    segment, data = selectors.segment_bytes(recording=opened.recording, n=0)
    inflated = list(selectors.segment_frames(segment))
    assert inflated == batch.inflated(batch.Batch(tuple(frames)))
    assert (segment.size, segment.raw_size) == (len(data), len(b"".join(map(frame.encode, inflated))))
    with pytest.raises(segment.DoesNotExist):
        selectors.segment_bytes(recording=opened.recording, n=1)


def test_events_of_several_streams_come_in_order_of_time() -> None:
    first = a_stream()
    second = a_stream(first.recording.project, handle=first.handle)
    Stream.objects.filter(pk=second.stream.pk).update(began_at=first.stream.began_at + timedelta(milliseconds=15))
    store_events(first.stream, [an_event(at) for at in (0, 10, 20, 30)])
    store_events(second.stream, [an_event(at) for at in (0, 10, 20)])
    seal_stream(stream_id=first.stream.pk)
    store_events(first.stream, [an_event(40)], seq=4)
    found = list(selectors.events(recording=Recording.objects.get()))
    assert [round(one.t) for one in found] == [0, 10, 15, 20, 25, 30, 35, 40]
    assert {one.stream.pk for one in found} == {first.stream.pk, second.stream.pk}
    own = selectors.events(recording=Recording.objects.get(), stream=Stream.objects.get(pk=second.stream.pk))
    assert [one.event.at for one in own] == [0, 10, 20]


def test_events_are_found_from_the_objects_alone_and_while_they_are_sealed() -> None:
    opened = a_stream()
    store_events(opened.stream, [an_event(n) for n in range(5)])
    reading = selectors.events(recording=opened.recording)
    head = [next(reading).event.at]
    seal_stream(stream_id=opened.stream.pk)
    assert head + [one.event.at for one in reading] == list(range(5))
    assert not Frame.objects.exists()
    assert [one.event.at for one in selectors.events(recording=opened.recording)] == list(range(5))


def test_frames_that_are_sealed_between_two_looks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The segments were listed before the sealing, the hot frames read behind it."""
    opened = a_stream()
    store_events(opened.stream, [an_event(n) for n in range(5)])
    hot_batches = selectors._hot_batches

    def late(stream: Stream, first: int, last: int | None) -> Iterator[list[bytes]]:
        seal_stream(stream_id=stream.pk)
        return hot_batches(stream, first, last)

    monkeypatch.setattr(selectors, "_hot_batches", late)
    assert [one.event.at for one in selectors.events(recording=opened.recording)] == list(range(5))


def test_an_unknown_visitor_finds_nothing() -> None:
    assert seen(a_member(is_superuser=True), visitor=uuid4()) == []


def test_events_of_unknown_kinds_are_kept() -> None:
    opened = a_stream()
    store_events(opened.stream, [Event(0, "from_the_future", {"x": [1]})])
    (found,) = selectors.events(recording=opened.recording)
    assert msgspec.json.encode(found.event) == b'{"at":0.0,"kind":"from_the_future","data":{"x":[1]}}'
