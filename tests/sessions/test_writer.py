"""The log writer: what is acked is committed; what is not committed is not acked."""

import gc
import threading
from collections.abc import Iterator, Sequence
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, DataError, InternalError, OperationalError, ProgrammingError
from django.utils import timezone

from sessions.failpoints import VARIABLE
from sessions.log import commit as commit_module
from sessions.log import writer as writer_module
from sessions.log.commit import Outcome, commit
from sessions.log.stream import Entry, OpenStream
from sessions.log.writer import LogWriter, get_writer, stop_writer, writer_state
from sessions.models import Frame, Link, Recording, Stream
from sessions.services import recording_delete
from sessions.wire import frame
from sessions.wire.errors import RecordingEnded, Unavailable, WireError
from tests.eventually import eventually_sync
from tests.sessions.factories import a_stream, an_event, frames_for, store_events

pytestmark = pytest.mark.django_db(transaction=True)


class FakeLink:
    """What a link does with the writer: it opens, appends and remembers what it is told."""

    def __init__(self, writer: LogWriter, stream: UUID) -> None:
        self.writer = writer
        self.acks: list[int] = []
        self.refusals: list[WireError] = []
        self.open: OpenStream = writer.open(stream, self.acks.append, self.refusals.append).result(5)

    def send(self, seq: int, *, flags: int = 0, link: Link = Link.RTC, at: float = 0) -> None:
        for one in frames_for(self.open.stream_id, [an_event(at)], seq=seq, flags=flags):
            self.writer.append(self.open, one, frame.encode(one), link)

    def wait_for(self, seq: int) -> None:
        eventually_sync(lambda: None if self.acks and self.acks[-1] >= seq else f"acked {self.acks[-3:]}, not {seq}")


@pytest.fixture
def writer() -> Iterator[LogWriter]:
    with LogWriter() as one:
        yield one
    assert not [thread.name for thread in threading.enumerate() if thread.name == "sightline-log-writer"]


def test_acks_follow_the_commit(writer: LogWriter) -> None:
    opened = a_stream()
    link = FakeLink(writer, opened.stream.pk)
    assert link.open.have == -1
    assert (link.open.recording_id, link.open.project_id) == (opened.recording.pk, opened.recording.project_id)
    for seq in range(50):
        link.send(seq, at=seq)
    link.wait_for(49)
    assert list(Frame.objects.order_by("seq").values_list("seq", flat=True)) == list(range(50))
    stream = Stream.objects.get()
    assert (stream.last_at, stream.ended_at) == (49, None)


def test_the_last_frame_ends_the_stream_and_the_duration_grows(writer: LogWriter) -> None:
    link = FakeLink(writer, a_stream().stream.pk)
    link.send(0, at=1234, flags=frame.FLAG_END)
    link.wait_for(0)
    assert Stream.objects.get().ended_at is not None
    assert Recording.objects.get().duration_ms == 1234


def test_many_frames_make_few_commits(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(entries: Sequence[Entry]) -> Outcome:
        sizes.append(len(entries))
        return commit(entries)

    monkeypatch.setattr(writer_module, "commit", counted)
    link = FakeLink(writer, a_stream().stream.pk)
    for seq in range(200):
        link.send(seq)
    link.wait_for(199)
    assert sum(sizes) == 200
    assert len(sizes) < 40


def test_a_repeat_is_acked_and_stored_once(writer: LogWriter) -> None:
    stream = a_stream().stream
    link = FakeLink(writer, stream.pk)
    link.send(0)
    link.wait_for(0)
    link.send(0, link=Link.RELAY)
    eventually_sync(lambda: None if link.acks == [0, 0] else str(link.acks))
    assert Frame.objects.get().link == Link.RTC


def test_nothing_behind_a_hole_is_acked(writer: LogWriter) -> None:
    link = FakeLink(writer, a_stream().stream.pk)
    link.send(0)
    link.send(2)
    eventually_sync(lambda: None if Frame.objects.count() == 2 else "not both stored")
    assert link.acks[-1] == 0
    link.send(1)
    link.wait_for(2)


def test_resuming_says_what_is_there(writer: LogWriter) -> None:
    stream = a_stream().stream
    store_events(stream, [an_event(n) for n in range(5)])
    store_events(stream, [an_event(9)], seq=7)
    assert FakeLink(writer, stream.pk).open.have == 4
    Stream.objects.update(sealed_to=2)
    Frame.objects.filter(seq__lte=2).delete()
    assert FakeLink(writer, stream.pk).open.have == 4


def test_late_frames_of_a_sealed_range_are_dropped_and_acked(writer: LogWriter) -> None:
    link = FakeLink(writer, a_stream().stream.pk)
    Stream.objects.update(sealed_to=3)
    link.send(0)
    link.wait_for(3)
    assert not Frame.objects.exists()


def test_two_links_of_one_stream_both_learn(writer: LogWriter) -> None:
    stream = a_stream().stream
    one, two = FakeLink(writer, stream.pk), FakeLink(writer, stream.pk)
    one.send(0)
    one.wait_for(0)
    two.wait_for(0)
    writer.close(one.open)
    two.send(1)
    two.wait_for(1)
    assert one.acks[-1] == 0


def test_while_the_database_fails_nothing_is_acked_and_nothing_is_lost(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = FakeLink(writer, a_stream().stream.pk)
    monkeypatch.setenv(VARIABLE, "log.commit=raise")
    for seq in range(10):
        link.send(seq)
    eventually_sync(lambda: None if writer._failures >= 3 else f"{writer._failures} failures")
    assert not link.acks
    assert not Frame.objects.exists()
    assert writer.waiting == 10
    monkeypatch.delenv(VARIABLE)
    link.wait_for(9)
    assert Frame.objects.count() == 10


def test_a_failure_behind_the_commit_stores_nothing_twice(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    link = FakeLink(writer, a_stream().stream.pk)
    monkeypatch.setenv(VARIABLE, "log.committed=raise")
    link.send(0)
    eventually_sync(lambda: None if writer._failures >= 2 else f"{writer._failures} failures")
    assert not link.acks
    monkeypatch.delenv(VARIABLE)
    link.wait_for(0)
    assert Frame.objects.count() == 1


def test_opening_fails_in_time_when_the_database_is_away(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(stream_id: UUID) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(writer_module, "position", away)
    monkeypatch.setattr(writer_module, "OPEN_SECONDS", 0.3)
    with pytest.raises(Unavailable):
        writer.open(uuid4(), print, print).result(5)


@pytest.mark.parametrize("error", [DataError, InternalError, OverflowError])
def test_what_the_database_refuses_of_one_stream_does_not_hold_up_others(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    bad, good = FakeLink(writer, a_stream().stream.pk), FakeLink(writer, a_stream().stream.pk)
    write = commit_module._write

    def picky(by_stream: dict[UUID, list[Entry]]) -> Outcome:
        if bad.open.stream_id in by_stream:
            raise error("no")
        return write(by_stream)

    monkeypatch.setattr(commit_module, "_write", picky)
    bad.send(0)
    good.send(0)
    good.wait_for(0)
    eventually_sync(lambda: None if bad.refusals else "not refused")
    assert isinstance(bad.refusals[0], Unavailable)
    assert not bad.acks


STATES = [InternalError, ProgrammingError, DatabaseError]
"""How drivers say that the database is read-only after a failover, half migrated, or damaged."""


@pytest.mark.parametrize("error", STATES)
def test_a_database_that_takes_nothing_is_away_however_it_says_so(
    writer: LogWriter, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    links = [FakeLink(writer, a_stream().stream.pk) for _ in range(2)]

    def unfit(by_stream: dict[UUID, list[Entry]]) -> Outcome:
        raise error("cannot execute UPDATE in a read-only transaction")

    with monkeypatch.context() as patched:
        patched.setattr(commit_module, "_write", unfit)
        for link in links:
            link.send(0)
        eventually_sync(lambda: None if writer._failures >= 3 else f"{writer._failures} failures")
        assert writer.state == "retrying"
        assert writer.waiting == 2
    for link in links:
        link.wait_for(0)
        assert not link.refusals
    eventually_sync(lambda: None if writer.state == "ok" else writer.state)


@pytest.mark.parametrize("error", [*STATES, RuntimeError])
@pytest.mark.parametrize("where", ["position", "touch"])
def test_nothing_that_goes_wrong_ends_the_log(
    monkeypatch: pytest.MonkeyPatch, where: str, error: type[Exception]
) -> None:
    monkeypatch.setattr(writer_module, "PRESENCE_SECONDS", 0.05)
    monkeypatch.setattr(writer_module, "OPEN_SECONDS", 0.2)
    failed = threading.Event()

    def broken(_: object) -> None:
        failed.set()
        raise error("no")

    with LogWriter() as writer:
        link = FakeLink(writer, a_stream().stream.pk)
        with monkeypatch.context() as patched:
            patched.setattr(writer_module, where, broken)
            opening = writer.open(uuid4(), print, print)
            assert failed.wait(5)
            if where == "position":
                with pytest.raises(Unavailable):
                    opening.result(5)
        link.send(0)
        link.wait_for(0)
        assert writer.state in ("ok", "retrying")
    assert writer.state == "stopped"


def test_what_waits_is_bounded_for_the_process(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many links, each within its credit."""
    monkeypatch.setattr(writer_module, "MAX_WAITING_BYTES", 20_000)
    links = [FakeLink(writer, a_stream().stream.pk) for _ in range(10)]
    monkeypatch.setenv(VARIABLE, "log.commit=raise")
    turns = [(link, seq) for seq in range(10) for link in links]

    def fill() -> None:
        while True:
            link, seq = turns[0]
            link.send(seq)
            del turns[0]

    with pytest.raises(Unavailable):
        fill()
    refused, next_seq = turns[0]
    assert 1 <= next_seq < 5
    monkeypatch.delenv(VARIABLE)
    for link in links:
        link.wait_for(next_seq - 1)
    eventually_sync(lambda: f"{writer.waiting} wait" if writer.waiting else None)
    refused.send(next_seq)
    refused.wait_for(next_seq)


def test_a_thread_that_hangs_is_told(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go = threading.Event(), threading.Event()

    def hanging(stream_id: UUID) -> None:
        entered.set()
        go.wait(10)
        raise RecordingEnded("gone")

    monkeypatch.setattr(writer_module, "position", hanging)
    opening = writer.open(uuid4(), print, print)
    assert entered.wait(5)
    assert writer.state == "ok"
    monkeypatch.setattr(writer_module, "STUCK_SECONDS", -1.0)
    assert writer.state == "stuck"
    go.set()
    with pytest.raises(RecordingEnded):
        opening.result(5)


def test_a_process_without_a_writer_has_nothing_to_tell() -> None:
    stop_writer()
    assert writer_state() == "off"
    get_writer()
    assert writer_state() == "ok"
    stop_writer()
    assert writer_state() == "off"


def test_gone_and_ended_recordings_are_refused(writer: LogWriter) -> None:
    opened = a_stream()
    link = FakeLink(writer, opened.stream.pk)
    recording_delete(recording=opened.recording)
    link.send(0)
    eventually_sync(lambda: None if link.refusals else "not refused")
    assert isinstance(link.refusals[0], RecordingEnded)
    with pytest.raises(RecordingEnded):
        FakeLink(writer, opened.stream.pk)

    ended = a_stream()
    link = FakeLink(writer, ended.stream.pk)
    Recording.objects.filter(pk=ended.recording.pk).update(ended_at=timezone.now())
    link.send(0)
    eventually_sync(lambda: None if link.refusals else "not refused")
    assert not Frame.objects.exists()
    with pytest.raises(RecordingEnded):
        FakeLink(writer, ended.stream.pk)


def test_presence_lasts_as_long_as_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "PRESENCE_SECONDS", 0.05)
    opened = a_stream()
    long_ago = timezone.now() - Recording.LIVE_FOR * 2

    def age() -> None:
        Recording.objects.update(seen_at=long_ago)
        Stream.objects.update(seen_at=long_ago)

    def is_live() -> str | None:
        fresh = Recording.objects.get().is_live and Stream.objects.get().seen_at > long_ago
        return None if fresh else "not fresh"

    with LogWriter() as writer:
        link = FakeLink(writer, opened.stream.pk)
        age()
        eventually_sync(is_live)
        writer.close(link.open)
        lost = FakeLink(writer, opened.stream.pk)
        age()
        eventually_sync(is_live)
        del lost
        gc.collect()
        eventually_sync(lambda: "still open" if any(writer._open.values()) else None)


def test_presence_notices_a_deleted_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "PRESENCE_SECONDS", 0.05)
    opened = a_stream()
    with LogWriter() as writer:
        link = FakeLink(writer, opened.stream.pk)
        recording_delete(recording=opened.recording)
        eventually_sync(lambda: None if link.refusals else "not refused")


def test_stopping_commits_what_waits() -> None:
    writer = LogWriter()
    writer.start()
    link = FakeLink(writer, a_stream().stream.pk)
    for seq in range(5):
        link.send(seq)
    writer.stop()
    assert Frame.objects.count() == 5
    assert link.acks[-1] == 4
    with pytest.raises(Unavailable):
        writer.open(uuid4(), print, print).result(1)


def test_a_failing_callback_does_not_end_the_log(writer: LogWriter) -> None:
    def broken(have: int) -> None:
        raise RuntimeError("loop is closed")

    stream = a_stream().stream
    link = FakeLink(writer, stream.pk)
    writer.open(stream.pk, broken, print).result(5)
    link.send(0)
    link.wait_for(0)
    link.send(1)
    link.wait_for(1)
