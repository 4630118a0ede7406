"""`POST /ingest/beacon` through Django, and the snippet's files."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncClient, Client

from sessions.models import Recording
from sessions.wire import frame
from sessions.wire.limits import MAX_BEACON_BYTES
from tests.support.collector import Collector

from .conftest import Network
from .test_links import console, next_frame


def body(collector: Collector, *frames: bytes) -> bytes:
    return collector.token.encode() + b"\n" + b"".join(frames)


async def post(data: bytes) -> Any:
    return await AsyncClient().post("/ingest/beacon", data=data, content_type="text/plain;charset=UTF-8")


async def test_what_is_unacked_is_committed_when_it_answers(network: Network) -> None:
    collector = await network.collector("relay")
    collector.emit("console", console("a"))
    await collector.all_acked()
    await collector.disconnect()
    collector.emit("console", console("b"))
    collector.end()
    answer = await post(body(collector, *collector.unacked.values()))
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    stored = await network.stored(collector)
    assert [(row.seq, row.get_link_display()) for row in stored] == [(0, "relay"), (1, "beacon"), (2, "beacon")]
    await collector.aclose()


async def test_repeats_are_dropped(network: Network) -> None:
    collector = await network.collector("relay")
    collector.emit("console", console("a"))
    known = collector.unacked[0]
    await collector.all_acked()
    await collector.disconnect()
    collector.emit("console", console("b"))
    for _ in range(2):
        assert (await post(body(collector, known, *collector.unacked.values()))).status_code == 204
    assert [row.seq for row in await network.stored(collector)] == [0, 1]
    await collector.aclose()


async def test_watchers_see_it(network: Network) -> None:
    collector = await network.collector()
    viewer = await network.viewer("relay", collector)
    collector.emit("console", console("last words"))
    await post(body(collector, *collector.unacked.values()))
    await viewer.has_frames(1)
    await viewer.aclose()
    await collector.aclose()


async def test_a_hole_is_refused(network: Network) -> None:
    collector = await network.collector()
    answer = await post(body(collector, frame.encode(next_frame(collector, ahead=1))))
    assert (answer.status_code, answer.json()["code"]) == (409, "frame_hole")
    assert await network.stored(collector) == []
    await collector.aclose()


async def test_another_streams_frame_is_refused(network: Network) -> None:
    mine, other = await network.collector(), await network.collector()
    answer = await post(body(mine, frame.encode(next_frame(other))))
    assert (answer.status_code, answer.json()["code"]) == (403, "frame_foreign_stream")
    await mine.aclose()
    await other.aclose()


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda data: data[:-1] + b"\0", 400, "frame_corrupt"),
        (lambda data: data[:-1], 400, "frame_truncated"),
        (lambda data: b"x" + data, 401, "unauthorized"),
        (lambda data: b"", 400, "message_malformed"),  # without a length
        (lambda data: b"\xff\n", 401, "unauthorized"),
        (lambda data: data + bytes(MAX_BEACON_BYTES), 413, "frame_too_large"),
    ],
)
async def test_what_is_wrong_is_refused(network: Network, spoil: Any, status: int, code: str) -> None:
    collector = await network.collector()
    answer = await post(spoil(body(collector, frame.encode(next_frame(collector)))))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    await collector.aclose()


async def test_an_ended_recording_is_refused(network: Network) -> None:
    from django.utils import timezone

    collector = await network.collector()
    await Recording.objects.filter(pk=collector.recording).aupdate(ended_at=timezone.now())
    answer = await post(body(collector, frame.encode(next_frame(collector))))
    assert (answer.status_code, answer.json()["code"]) == (410, "recording_ended")
    await collector.aclose()


async def test_without_a_commit_it_is_unavailable(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.beacon.COMMIT_SECONDS", 0.1)
    monkeypatch.setattr(network.hub.writer, "append", lambda *args: None)
    collector = await network.collector()
    answer = await post(body(collector, frame.encode(next_frame(collector))))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    await collector.aclose()


def test_other_methods_are_refused() -> None:
    assert Client().get("/ingest/beacon").status_code == 405


@pytest.fixture
def dist(tmp_path: Path, settings: Any) -> Path:
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "static" / "dist"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("name", "cache"),
    [
        ("collect.js", "public, max-age=300"),
        ("collector-0123456789abcdef.js", "public, max-age=31536000, immutable"),
        ("sightline.mjs", "public, max-age=300"),
    ],
)
def test_the_snippets_files(dist: Path, name: str, cache: str) -> None:
    (dist / name).write_text("'use strict'\n")
    answer = Client().get(f"/{name}")
    assert answer.content == b"'use strict'\n"
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == cache
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    packed = Client().get(f"/{name}", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    again = Client().get(f"/{name}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_built_is_said(dist: Path) -> None:
    answer = Client().get("/collect.js")
    assert answer.status_code == 404
    assert b"make build" in answer.content
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/collector-../../manage.py", "/collector-0123456789abcdef.js.map", "/collector-X.js"]
)
def test_no_other_file_is_served(dist: Path, path: str) -> None:
    (dist / "collector-0123456789abcdef.js.map").write_text("{}")
    assert Client().get(path).status_code == 404


async def test_two_beacons_at_once_are_one(network: Network) -> None:
    collector = await network.collector()
    collector.emit("console", console("a"))
    data = body(collector, *collector.unacked.values())
    answers = await asyncio.gather(post(data), post(data))
    assert {answer.status_code for answer in answers} == {204}
    assert [row.seq for row in await network.stored(collector)] == [0]
    await collector.aclose()
