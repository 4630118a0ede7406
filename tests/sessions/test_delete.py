"""Deleting a recording that a page load is just joining."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models.signals import pre_delete

from sessions import services
from sessions.models import Recording, Stream
from sessions.services import StreamOpened, recording_delete
from tests.eventually import eventually_sync
from tests.sessions.factories import a_stream

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("objects")]


class Joining(threading.Thread):
    """A page load on a connection of its own."""

    def __init__(self, opened: StreamOpened) -> None:
        super().__init__()
        self._opened = opened
        self.joined: StreamOpened | None = None

    def run(self) -> None:
        try:
            self.joined = a_stream(self._opened.recording.project, handle=self._opened.handle)
        finally:
            connection.close()

    def start_and_wait(self) -> None:
        """Until it has joined or can only go on when the deleting is over."""
        self.start()
        eventually_sync(lambda: None if not self.is_alive() or is_anyone_blocked() else "still at it")


def is_anyone_blocked() -> bool:
    if connection.vendor == "sqlite":
        return True  # the whole database is locked
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
        return cursor.fetchone() is not None


def check_deleted(opened: StreamOpened, joining: Joining) -> None:
    joining.join(30)
    assert joining.joined
    assert list(Recording.objects.all()) in ([], [joining.joined.recording])
    assert opened.recording != joining.joined.recording or not Recording.objects.exists()
    assert not Stream.objects.filter(recording=opened.recording.pk).exists()


def test_none_joins_while_it_is_deleted() -> None:
    opened = a_stream()
    joining = Joining(opened)

    def begin(**_: Any) -> None:
        joining.start_and_wait()

    pre_delete.connect(begin, sender=Recording, weak=False, dispatch_uid="begin")
    try:
        recording_delete(recording=opened.recording)
    finally:
        pre_delete.disconnect(sender=Recording, dispatch_uid="begin")
    check_deleted(opened, joining)
    assert joining.joined
    assert joining.joined.recording != opened.recording


def test_one_that_joined_before_the_lock_is_deleted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = a_stream()
    joining = Joining(opened)
    lock = services._locked_streams
    looks: list[int] = []

    def lock_and_let_join(recording_id: UUID) -> list[UUID]:
        found = lock(recording_id)
        looks.append(len(found))
        if len(looks) == 1:
            joining.start_and_wait()
        return found

    monkeypatch.setattr(services, "_locked_streams", lock_and_let_join)
    recording_delete(recording=opened.recording)
    check_deleted(opened, joining)
    assert looks == ([1] if connection.vendor == "sqlite" else [1, 2]), "in the order of all locks"
