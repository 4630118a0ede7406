"""One group commit: one transaction for the frames of many streams. Sync Django.

Rows are locked streams first, then recordings, each in order of id; sealing and deleting keep the same order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sessions import metrics
from sessions.failpoints import failpoint
from sessions.models import Frame, Recording, Stream
from sessions.wire.errors import RecordingEnded, WireError

from .stream import Entry
from .updates import update_each


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the streams of one commit."""

    sealed_to: dict[UUID, int] = field(default_factory=dict)
    """Streams that took their frames: up to which seq each was sealed already."""
    refused: dict[UUID, WireError] = field(default_factory=dict)
    """Streams that take nothing more, and why: their frames were dropped."""


def commit(entries: Sequence[Entry]) -> Outcome:
    """Commits all or nothing. Raises `django.db.Error` where the database does not take it."""
    by_stream: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_stream[entry.frame.stream].append(entry)
    with transaction.atomic():
        outcome = _write(by_stream)
        failpoint("log.commit")
    failpoint("log.committed")
    return outcome


def _write(by_stream: dict[UUID, list[Entry]]) -> Outcome:
    streams = _locked_streams(by_stream)
    recordings = _locked_recordings({stream.recording_id for stream in streams})
    taking = [stream for stream in streams if stream.recording_id in recordings]
    now = timezone.now()
    rows: list[Frame] = []
    for stream in taking:
        rows += _rows(stream, by_stream[stream.pk], now)
        _advance(stream, recordings[stream.recording_id], by_stream[stream.pk], now)
    Frame.objects.bulk_create(rows, ignore_conflicts=True)
    update_each(taking, ["last_at", "seen_at", "ended_at"])
    touched = {stream.recording_id for stream in taking}
    update_each([recordings[pk] for pk in sorted(touched)], ["active_at", "seen_at", "duration_ms"])
    metrics.FRAMES_COMMITTED.inc(len(rows))
    sealed_to = {stream.pk: stream.sealed_to for stream in taking}
    return Outcome(sealed_to, {pk: RecordingEnded(str(pk)) for pk in by_stream if pk not in sealed_to})


def _locked_streams(ids: Iterable[UUID]) -> list[Stream]:
    return list(
        Stream.objects.select_for_update(no_key=True)
        .filter(pk__in=list(ids))
        .order_by("pk")
        .only("recording_id", "began_at", "sealed_to", "last_at", "seen_at", "ended_at")
    )


def _locked_recordings(ids: set[UUID]) -> dict[UUID, Recording]:
    """Those that still take frames. Read behind the streams' locks, which a finaliser takes too."""
    found = (
        Recording.objects.select_for_update(no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .only("started_at", "active_at", "seen_at", "ended_at", "duration_ms")
    )
    return {recording.pk: recording for recording in found if recording.ended_at is None}


def _rows(stream: Stream, entries: list[Entry], now: datetime) -> list[Frame]:
    fresh = [entry for entry in entries if entry.frame.seq > stream.sealed_to]
    if late := len(entries) - len(fresh):
        metrics.FRAMES_DROPPED.labels("sealed_already").inc(late)
    return [
        Frame(
            stream_id=stream.pk,
            seq=entry.frame.seq,
            link=entry.link,
            flags=entry.frame.flags,
            first_at=entry.frame.first_at,
            last_at=entry.frame.last_at,
            body=entry.body,
            received_at=now,
        )
        for entry in fresh
    ]


def _advance(stream: Stream, recording: Recording, entries: list[Entry], now: datetime) -> None:
    stream.last_at = max(stream.last_at, *(entry.frame.last_at for entry in entries))
    stream.seen_at = now
    if stream.ended_at is None and any(entry.frame.ends_stream for entry in entries):
        stream.ended_at = now
    offset = round((stream.began_at - recording.started_at) / timedelta(milliseconds=1))
    recording.duration_ms = max(recording.duration_ms, offset + stream.last_at)
    recording.active_at = recording.seen_at = now
