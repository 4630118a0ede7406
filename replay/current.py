"""Which page a visitor is on now: the stream that was seen last, an open one first."""

from collections.abc import Iterable
from uuid import UUID

from sessions.models import Recording, Stream


def current_streams(recordings: Iterable[Recording]) -> dict[UUID, Stream]:
    """Recording id → stream. One query, whatever their number."""
    found: dict[UUID, Stream] = {}
    ids = [recording.pk for recording in recordings]
    for stream in Stream.objects.filter(recording__in=ids).only("recording", "url", "title", "seen_at", "ended_at"):
        best = found.get(stream.recording_id)
        if best is None or _rank(stream) > _rank(best):
            found[stream.recording_id] = stream
    return found


def _rank(stream: Stream) -> tuple[bool, float]:
    return stream.ended_at is None, stream.seen_at.timestamp()


def mark_current(recordings: list[Recording]) -> list[Recording]:
    """The same, with `current_url` and `current_title` for templates."""
    streams = current_streams(recordings)
    for recording in recordings:
        stream = streams.get(recording.pk)
        recording.current_url = (stream and stream.url) or recording.entry_url  # type: ignore[attr-defined]
        recording.current_title = (stream and stream.title) or recording.title  # type: ignore[attr-defined]
    return recordings
