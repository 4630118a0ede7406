"""Updates of many rows, each with values of its own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.log.commit import commit
from sessions.log.stream import Entry
from sessions.log.updates import update_each
from sessions.models import Link, Recording, Stream
from sessions.wire import frame
from tests.sessions.factories import a_project, a_stream, an_event, frames_for

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_values_and_no_other_field() -> None:
    project = a_project()
    streams = [a_stream(project).stream for _ in range(3)]
    now = timezone.now()
    for at, stream in enumerate(streams[:2]):
        stream.last_at, stream.ended_at, stream.tab = at + 7, now if at else None, "not written"
    update_each(streams[:2], ["last_at", "ended_at"])
    found = [Stream.objects.get(pk=stream.pk) for stream in streams]
    assert [(one.last_at, one.ended_at, one.tab) for one in found] == [
        (7, None, "t1"),
        (8, now, "t1"),
        (0, None, "t1"),
    ]
    update_each([], ["last_at"])


def test_a_group_commit_builds_no_case_of_all_rows() -> None:
    """That was two milliseconds for each stream."""
    project = a_project()
    entries = [
        Entry(one, frame.encode(one), Link.RTC)
        for at in range(5)
        for one in frames_for(a_stream(project).stream.pk, [an_event(at)])
    ]
    with CaptureQueriesContext(connection) as asked:
        commit(entries)
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert not [sql for sql in statements if "CASE" in sql]
    assert len(statements) == 5, "two locks, the frames, two updates"
    assert sorted(Stream.objects.values_list("last_at", flat=True)) == list(range(5))
    assert sorted(Recording.objects.values_list("duration_ms", flat=True)) == list(range(5))
