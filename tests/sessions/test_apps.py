"""The app's names: the folder is `sessions`, as Django's login app; the label is ours."""

import pytest
from django.apps import apps
from django.core.management import call_command

from config.celery import app
from sessions.models import Recording


def test_label_and_name() -> None:
    assert apps.get_app_config("recordings").name == "sessions"
    assert apps.get_app_config("sessions").name == "django.contrib.sessions"
    assert Recording._meta.db_table == "recordings_recording"


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db  # Celery checks the models when it starts
def test_tasks_have_the_names_that_queues_and_beat_know() -> None:
    app.loader.import_default_modules()
    names = {"recordings.seal", "recordings.sweep", "recordings.finalize", "recordings.prune"}
    assert names <= set(app.tasks)
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
