"""Backup and restore: the same rows and objects, in the same database or another kind of one."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from sessions import selectors
from sessions.backup import backup, restore
from sessions.models import Frame, Gap, Member, Project, Recording, Stream, Visitor
from sessions.objects import ObjectStore, object_store
from sessions.seal.run import seal_stream
from sessions.services import api_token_create, member_for_token, project_create, recording_delete
from sessions.wire.batch import Event
from tests.sessions.factories import a_member, a_stream, an_event, store_events
from tests.support.servers import Service

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(objects: ObjectStore) -> Recording:
    owner = a_member()
    project = project_create(name="Shop ☕", owner=owner)
    opened = a_stream(project)
    store_events(opened.stream, [an_event(0), Event(1, "identify", {"id": "bob", "traits": {"plan": "pro"}})])
    seal_stream(stream_id=opened.stream.pk)
    store_events(opened.stream, [an_event(2), an_event(3)], seq=2)
    Gap.objects.create(stream=opened.stream, first_seq=9, last_seq=9, at=1, cause="lost")
    return opened.recording


def everything(folder: Path) -> dict[str, object]:
    """All that a backup says, the time of making apart."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads(files.pop("manifest.json"))
    return {"files": files, "rows": manifest["rows"], "objects": manifest["objects"]}


def events(recording: Recording) -> list[float]:
    return [found.event.at for found in selectors.events(recording=Recording.objects.get(pk=recording.pk))]


def test_there_and_back(filled: Recording, objects: ObjectStore, tmp_path: Path, settings: Settings) -> None:
    _, plain = api_token_create(member=Member.objects.get(), name="ci")
    out = StringIO()
    call_command("backup", tmp_path / "one", stdout=out)
    assert "1 objects" in out.getvalue()

    settings.OBJECTS_DIR = tmp_path / "elsewhere"
    object_store.cache_clear()
    a_stream(Project.objects.get())
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", tmp_path / "one")
    assert Recording.objects.count() == 2
    call_command("restore", tmp_path / "one", "--replace", stdout=out)
    assert Recording.objects.count() == 1
    assert events(filled) == [0, 1, 2, 3]
    assert Visitor.objects.get().traits == {"plan": "pro"}

    backup(tmp_path / "two")
    assert everything(tmp_path / "two") == everything(tmp_path / "one")
    assert member_for_token(plain) == Member.objects.get()


def test_what_is_restored_goes_on(filled: Recording, tmp_path: Path) -> None:
    backup(tmp_path / "one")
    call_command("restore", tmp_path / "one", "--replace", stdout=StringIO())
    stream = Stream.objects.get()
    store_events(stream, [an_event(4)], seq=4)
    assert seal_stream(stream_id=stream.pk) == 1
    assert events(filled) == [0, 1, 2, 3, 4]
    assert a_member("new@example.org").pk not in (None, 1)


def test_an_unfinished_or_damaged_backup_is_refused(filled: Recording, tmp_path: Path) -> None:
    backup(tmp_path / "one")
    with pytest.raises(CommandError, match="not empty"):
        call_command("backup", tmp_path / "one")
    (stored,) = (tmp_path / "one/objects").rglob("*.sl")
    stored.write_bytes(b"something else")
    with pytest.raises(CommandError, match="not what its row says"):
        call_command("restore", tmp_path / "one", "--replace")
    assert Frame.objects.count() == 2, "nothing was touched"
    (tmp_path / "one/manifest.json").unlink()
    with pytest.raises(CommandError, match="no finished backup"):
        call_command("restore", tmp_path / "one", "--replace")


def test_an_object_that_is_not_there_is_told(filled: Recording, objects: ObjectStore, tmp_path: Path) -> None:
    objects.delete([found.key for found in objects.list()])
    assert len(backup(tmp_path / "one")["missing"]) == 1
    recording_delete(recording=filled)


def test_a_damaged_object_is_told_and_the_rest_is_kept(
    filled: Recording, objects: ObjectStore, tmp_path: Path, settings: Settings
) -> None:
    (bad,) = [found.key for found in objects.list()]
    stream = Stream.objects.get()
    seal_stream(stream_id=stream.pk)
    objects.delete([bad])
    objects.put_new(bad, b"something else")
    told = StringIO()
    call_command("backup", tmp_path / "one", stdout=StringIO(), stderr=told)
    assert told.getvalue() == f"damaged, left out: {bad}\n"
    settings.OBJECTS_DIR = tmp_path / "elsewhere"
    object_store.cache_clear()
    manifest = restore(tmp_path / "one", replace=True)
    assert (manifest["objects"], manifest["missing"], manifest["damaged"]) == (1, [], [bad])
    assert len(list(object_store().list())) == 1
    assert Recording.objects.get() == filled


@pytest.mark.services
def test_from_this_database_to_postgresql_and_back(filled: Recording, tmp_path: Path, postgres: Service) -> None:
    """The very commands, in processes of their own, on another database and another store."""
    before = events(filled)
    backup(tmp_path / "one")
    environment = os.environ | {"DATABASE_URL": postgres.url, "VAR_DIR": str(tmp_path / "var")}

    def manage(*words: object) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *map(str, words)], cwd=ROOT, env=environment, timeout=120, check=True
        )

    manage("migrate", "--verbosity=0")
    manage("restore", tmp_path / "one")
    manage("backup", tmp_path / "two")
    assert everything(tmp_path / "two") == everything(tmp_path / "one")
    call_command("restore", tmp_path / "two", "--replace", stdout=StringIO())
    assert events(filled) == before
    assert connection.in_atomic_block is False
