"""Where a stream stands in the database. Sync Django."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max

from sessions.models import Frame, Stream
from sessions.wire.errors import RecordingEnded


@dataclass(frozen=True, slots=True)
class Position:
    recording_id: UUID
    project_id: UUID
    have: int
    """The last seq up to which every frame is committed, sealed or a known gap; -1: none."""


def position(stream_id: UUID) -> Position:
    """Raises `RecordingEnded` where the stream is gone or its recording has ended."""
    while True:
        stream = Stream.objects.select_related("recording").filter(pk=stream_id).first()
        if stream is None or stream.recording.ended_at is not None:
            raise RecordingEnded(str(stream_id))
        have = _contiguous(stream_id, stream.sealed_to)
        # Frames that were sealed between the two looks are missing from the second, though they are there.
        if not Stream.objects.filter(pk=stream_id, sealed_to__gt=stream.sealed_to).exists():
            return Position(stream.recording_id, stream.recording.project_id, have)


def _contiguous(stream_id: UUID, sealed_to: int) -> int:
    hot = Frame.objects.filter(stream_id=stream_id, seq__gt=sealed_to)
    found = hot.aggregate(count=Count("seq"), last=Max("seq"))
    if not found["count"]:
        return sealed_to
    if found["last"] == sealed_to + found["count"]:
        return int(found["last"])
    have = sealed_to
    for seq in hot.order_by("seq").values_list("seq", flat=True).iterator():
        if seq != have + 1:
            break
        have = seq
    return have
