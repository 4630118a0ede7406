"""Alice owns the shop, Bob is her teammate, Charlie owns another project and sees nothing of hers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from sessions.models import Member, Membership, Project, Recording, Stream
from sessions.objects import object_store
from sessions.seal.run import seal_stream
from sessions.services import project_create
from sessions.wire.frame import FLAG_END
from tests.sessions.factories import a_member, a_stream, an_event, store_events


@dataclass(frozen=True)
class Team:
    """Members and a client for each; `anon` is signed in as nobody."""

    alice: Member
    bob: Member
    charlie: Member
    project: Project
    foreign: Project

    def client(self, name: str, **options: Any) -> Client:
        client = Client(**options)
        if name != "anon":
            client.force_login(getattr(self, name))
        return client


@pytest.fixture(autouse=True)
def objects(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_DIR = tmp_path / "objects"
    settings.S3_BUCKET = ""
    object_store.cache_clear()
    yield
    object_store.cache_clear()


@pytest.fixture
def team(db: None) -> Team:
    alice, bob, charlie = (a_member(f"{name}@example.org") for name in ("alice", "bob", "charlie"))
    project = project_create(name="Shop", owner=alice)
    Membership.objects.create(project=project, member=bob)
    return Team(alice, bob, charlie, project, project_create(name="Elsewhere", owner=charlie))


@pytest.fixture
def stream(team: Team) -> Stream:
    """A stream of the shop with a sealed segment (three events) and two hot frames."""
    opened = a_stream(team.project)
    following = store_events(opened.stream, [an_event(at) for at in (0, 100, 250)])
    assert seal_stream(stream_id=opened.stream.pk) == 1
    store_events(opened.stream, [an_event(300), an_event(420, "click", x=1, y=2, id=3, name="Buy")], seq=following)
    return Stream.objects.select_related("recording").get(pk=opened.stream.pk)


@pytest.fixture
def recording(stream: Stream) -> Recording:
    return stream.recording


def end(stream: Stream, *, seq: int, at: int) -> None:
    """The stream's last frame, sealed with all the rest."""
    store_events(stream, [an_event(at, "end", reason="stopped")], seq=seq, flags=FLAG_END)
    seal_stream(stream_id=stream.pk)
