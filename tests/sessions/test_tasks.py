"""The queue: while no worker runs, what is asked for again and again does not pile up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery.beat import ScheduleEntry, Scheduler
from celery.signals import before_task_publish
from django.conf import settings
from django.utils import timezone

from config.celery import app
from sessions import tasks

QUEUE = "tests.sessions"
"""Nobody reads it."""


@pytest.fixture
def sent() -> Iterator[dict[str, float]]:
    """Task → seconds until its message expires."""
    found: dict[str, float] = {}

    def note(headers: dict[str, Any], **_: Any) -> None:
        assert headers["expires"], f"{headers['task']} never expires"
        found[headers["task"]] = (datetime.fromisoformat(headers["expires"]) - timezone.now()) / timedelta(seconds=1)

    before_task_publish.connect(note)
    yield found
    before_task_publish.disconnect(note)


def test_sealing_and_finalising_expire(sent: dict[str, float]) -> None:
    for task in (tasks.seal, tasks.finalize):
        task.apply_async([str(uuid4())], queue=QUEUE)
    assert sent == {
        "recordings.seal": pytest.approx(tasks.EXPIRES_SECONDS, abs=5),
        "recordings.finalize": pytest.approx(tasks.EXPIRES_SECONDS, abs=5),
    }


def test_what_beat_sends_expires_when_it_sends_the_next(sent: dict[str, float]) -> None:
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    beat = Scheduler(app, lazy=True)
    for name, entry in schedule.items():
        options = entry["options"] | {"queue": QUEUE}
        beat.apply_async(ScheduleEntry(name=name, app=app, **entry | {"options": options}), advance=False)
    assert sent == {entry["task"]: pytest.approx(entry["schedule"], abs=5) for entry in schedule.values()}
