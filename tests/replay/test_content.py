"""Segments, hot frames and events over the API: encodings, caching, streaming; from the objects alone."""

import gzip
import json
from typing import Any

import pytest
from backports import zstd
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client

from replay.api import content
from replay.api.content import accepted_encoding
from sessions import selectors
from sessions.models import Frame, Recording, Stream
from sessions.objects import object_store
from sessions.wire import batch, frame
from tests.sessions.factories import a_stream, an_event, as_raw, store_events

from .conftest import Team


@pytest.fixture
def client(team: Team) -> Client:
    return team.client("bob")


def _segment(recording: Recording) -> str:
    return f"/api/v1/recordings/{recording.pk}/segments/0"


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("zstd, gzip, br", "zstd", zstd.decompress),
        ("gzip, deflate, br", "gzip", gzip.decompress),
        ("", "", bytes),
        ("zstd;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ],
)
def test_segment_comes_in_the_encoding_that_is_accepted(
    client: Client, recording: Recording, accepted: str, encoding: str, unpack: Any
) -> None:
    response = client.get(_segment(recording), headers={"Accept-Encoding": accepted})
    assert response.status_code == 200
    assert response.get("Content-Encoding", "") == encoding
    assert "Accept-Encoding" in response["Vary"]
    found = [event for each in batch.batches(frame.decode_all(unpack(response.content))) for event in each.events()]
    assert [event.at for event in found] == [0, 100, 250]


def test_segment_is_not_sent_again(client: Client, recording: Recording) -> None:
    headers = {"Accept-Encoding": "zstd"}
    first = client.get(_segment(recording), headers=headers)
    assert first["ETag"] == f'"{recording.segments.get().digest}"'
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(_segment(recording), headers={**headers, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    other = client.get(_segment(recording), headers={"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]})
    assert other.status_code == 200, "the same object packed otherwise is another representation"


def test_rights_are_checked_before_not_modified(team: Team, recording: Recording) -> None:
    etag = f'"{recording.segments.get().digest}"'
    headers = {"Accept-Encoding": "zstd", "If-None-Match": etag}
    assert team.client("charlie").get(_segment(recording), headers=headers).status_code == 404


def test_unknown_segment_and_missing_object(client: Client, recording: Recording) -> None:
    path = f"/api/v1/recordings/{recording.pk}/segments/7"
    assert client.get(path).json()["code"] == "not_found"
    object_store().delete([recording.segments.get().object_key])
    assert client.get(_segment(recording)).status_code == 404


@pytest.mark.parametrize(
    ("header", "expected"),
    [("zstd", "zstd"), ("gzip", "gzip"), ("*", "zstd"), ("identity", ""), ("zstd;q=x", ""), ("*;q=0", "")],
)
def test_accepted_encoding(header: str, expected: str) -> None:
    assert accepted_encoding(header) == expected


def test_replay_works_with_the_frame_table_empty(client: Client, stream: Stream) -> None:
    Frame.objects.all().delete()
    recording = stream.recording
    playlist = client.get(f"/api/v1/recordings/{recording.pk}/playlist").json()
    (found,) = playlist["streams"]
    assert (found["id"], found["hot"]) == (str(stream.pk), None)
    assert [segment["n"] for segment in found["segments"]] == [0]
    assert client.get(_segment(recording)).status_code == 200
    lines = _lines(client.get(f"/api/v1/recordings/{recording.pk}/events"))
    assert [line["at"] for line in lines] == [0, 100, 250]


def test_hot_frames_come_as_they_were_sent(client: Client, stream: Stream) -> None:
    path = f"/api/v1/recordings/{stream.recording_id}/frames"
    response = client.get(path, {"stream": str(stream.pk), "from": "3"})
    assert [each.seq for each in frame.decode_all(response.content)] == [3, 4]
    one = client.get(path, {"stream": str(stream.pk), "from": "3", "to": "3"})
    assert [each.seq for each in frame.decode_all(one.content)] == [3]
    problem = client.get(path, {"stream": str(stream.pk), "from": "x"})
    assert (problem.status_code, problem.json()["errors"][0]["field"]) == (422, "from")


def test_frames_of_a_stream_of_another_recording_are_not_served(client: Client, team: Team, stream: Stream) -> None:
    foreign = a_stream(team.foreign).stream
    store_events(foreign, [an_event(0)])
    path = f"/api/v1/recordings/{stream.recording_id}/frames"
    assert client.get(path, {"stream": str(foreign.pk), "from": "0"}).status_code == 404
    assert client.get(path.replace("frames", "events"), {"stream": str(foreign.pk)}).status_code == 404


def _lines(response: Any) -> list[Any]:
    assert response["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def test_events_are_lines_in_order_of_time(client: Client, stream: Stream) -> None:
    lines = _lines(client.get(f"/api/v1/recordings/{stream.recording_id}/events"))
    assert [line["at"] for line in lines] == [0, 100, 250, 300, 420]
    assert lines[-1] == {
        "stream": str(stream.pk),
        "t": stream.offset_ms + 420,
        "at": 420,
        "kind": "click",
        "data": {"x": 1, "y": 2, "id": 3, "name": "Buy"},
    }


def test_events_as_rrweb(client: Client, team: Team, stream: Stream) -> None:
    path = f"/api/v1/recordings/{stream.recording_id}/events"
    lines = _lines(client.get(path, {"format": "rrweb"}))
    began = stream.began_at.timestamp() * 1000
    assert [line["timestamp"] - round(began) for line in lines] == [0, 100, 250, 300, 420]
    assert {line["type"] for line in lines} == {5}
    Stream.objects.create(recording=stream.recording, tab="t2", collector="1", began_at=stream.began_at)
    problem = client.get(path, {"format": "rrweb"})
    assert (problem.status_code, problem.json()["code"]) == (400, "stream_needed")
    assert len(_lines(client.get(path, {"format": "rrweb", "stream": str(stream.pk)}))) == 5


@pytest.mark.django_db(transaction=True)
async def test_events_are_written_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under ASGI the first lines leave before the last ones are read."""
    from asgiref.sync import sync_to_async

    read = 0

    def endless(**_: Any) -> Any:
        nonlocal read
        while True:
            read += 1
            yield _event(read)

    def _event(at: int) -> Any:
        return selectors.RecordedEvent(stream, as_raw(an_event(at)))

    def prepare() -> tuple[Any, Stream]:
        from tests.sessions.factories import a_member, a_project

        project = a_project()
        member = a_member()
        project.memberships.create(member=member, role="owner")
        return member, a_stream(project).stream

    member, stream = await sync_to_async(prepare)()
    monkeypatch.setattr(selectors, "events", endless)
    client = AsyncClient()
    await client.aforce_login(member)
    response = await client.get(f"/api/v1/recordings/{stream.recording_id}/events")
    assert isinstance(response, StreamingHttpResponse)
    assert response.is_async
    parts = aiter(response)
    first = await anext(parts)
    assert first.count(b"\n") == content.EVENTS_AT_ONCE == read
    await parts.aclose()


def test_deleting_a_recording_deletes_its_objects(
    team: Team, recording: Recording, django_capture_on_commit_callbacks: Any
) -> None:
    assert len(list(object_store().list())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        response = team.client("alice").delete(f"/api/v1/recordings/{recording.pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert list(object_store().list()) == []
    assert team.client("alice").get(_segment(recording)).status_code == 404


def test_one_recording_tells_links_and_counts(client: Client, stream: Stream) -> None:
    found = client.get(f"/api/v1/recordings/{stream.recording_id}").json()
    assert found["links"] == {"rtc": 5, "relay": 0, "beacon": 0}
    assert set(found["counts"]) == {"pages", "clicks", "errors", "failed_requests", "events"}
    assert found["counts"]["events"] == 3
    assert (found["state"], found["browser"], found["streams"]) == ("live", "Chrome 156", 1)
    assert found["current_url"] == "https://shop.example/list"


def test_watch_gives_a_new_token_each_time_and_both_sockets(client: Client, recording: Recording) -> None:
    from sessions.tokens import read_watch

    first, second = (client.post(f"/api/v1/recordings/{recording.pk}/watch").json() for _ in range(2))
    assert first["token"] != second["token"]
    assert read_watch(first["token"]).recording == recording.pk
    assert first["signal"].startswith("ws://localhost")
    assert first["signal"].endswith("/ws/signal")
    assert first["watch"].endswith("/ws/watch")
