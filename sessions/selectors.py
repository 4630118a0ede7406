"""Reads with joins: lists, the playlist, stored frames, events."""

import base64
import binascii
import heapq
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from backports import zstd
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.utils.dateparse import parse_datetime

from .models import Frame, Link, Marker, Member, Recording, Segment, Stream
from .models.recording import RecordingQuerySet
from .objects import object_store
from .wire import batch, frame
from .wire.errors import WireError

PAGE_SIZE: Final = 50
HOT_BYTES: Final = 4 * 1_048_576
"""Hot frames in one answer."""


class CursorInvalid(ValueError):
    """The cursor is not one that a list gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFilters:
    """All that are given must hold. None and "" say nothing."""

    live: bool | None = None
    state: str = ""
    """live, open or ended."""
    project: UUID | None = None
    visitor: UUID | None = None
    external_id: str = ""
    browser: str = ""
    """Begins so: "Chrome" finds "Chrome 156"."""
    os: str = ""
    device: str = ""
    url: str = ""
    """Occurs in the address of one of its page loads."""
    has_errors: bool | None = None
    has_failed_requests: bool | None = None
    min_duration_ms: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str = ""
    """Occurs in title, address, the visitor's id, or a marker."""


@dataclass(frozen=True, slots=True)
class RecordingPage:
    items: list[Recording]
    next_cursor: str
    """Empty at the end."""


def recording_list(
    *,
    member: Member,
    filters: RecordingFilters | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
    traits: bool = True,
) -> RecordingPage:
    """The member's recordings, newest first, with project and visitor at hand. Raises `CursorInvalid`.

    Who shows no traits says so: they can be larger than all the rest.
    """
    found = Recording.objects.for_member(member).select_related("project", "visitor")
    if not traits:
        found = found.defer("visitor__traits")
    found = _filtered(found, filters or RecordingFilters())
    if cursor:
        started_at, pk = _read_cursor(cursor)
        found = found.filter(Q(started_at__lt=started_at) | Q(started_at=started_at, pk__lt=pk))
    rows = list(found.order_by("-started_at", "-pk")[: limit + 1])
    items = rows[:limit]
    return RecordingPage(items, _write_cursor(items[-1]) if len(rows) > limit else "")


def _filtered(found: RecordingQuerySet, filters: RecordingFilters) -> RecordingQuerySet:
    found = _in_state(found, filters)
    exact = {
        "project": filters.project,
        "visitor": filters.visitor,
        "visitor__external_id": filters.external_id,
        "browser__istartswith": filters.browser,
        "os__istartswith": filters.os,
        "device": filters.device,
        "duration_ms__gte": filters.min_duration_ms,
        "started_at__gte": filters.since,
        "started_at__lt": filters.until,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value not in (None, "")})
    for field, wanted in (("errors", filters.has_errors), ("failed_requests", filters.has_failed_requests)):
        if wanted is not None:
            found = found.filter(**{f"{field}__gt": 0} if wanted else {field: 0})
    if filters.url:
        found = found.filter(_url_contains(filters.url))
    if filters.q:
        found = found.filter(_mentions(filters.q))
    return found


def _in_state(found: RecordingQuerySet, filters: RecordingFilters) -> RecordingQuerySet:
    live = Q(pk__in=Recording.objects.live().values("pk"))
    if filters.live is not None:
        found = found.filter(live) if filters.live else found.exclude(live)
    match filters.state:
        case "live":
            return found.filter(live)
        case "open":
            return found.filter(ended_at=None).exclude(live)
        case "ended":
            return found.exclude(ended_at=None)
    return found


def _url_contains(text: str) -> Q:
    streams = Stream.objects.filter(recording=OuterRef("pk"), url__icontains=text)
    return Q(entry_url__icontains=text) | Q(Exists(streams))


def _mentions(text: str) -> Q:
    markers = Marker.objects.filter(recording=OuterRef("pk"), label__icontains=text)
    streams = Stream.objects.filter(Q(url__icontains=text) | Q(title__icontains=text), recording=OuterRef("pk"))
    own = Q(title__icontains=text) | Q(entry_url__icontains=text) | Q(visitor__external_id__icontains=text)
    return own | Q(Exists(streams)) | Q(Exists(markers))


def _write_cursor(recording: Recording) -> str:
    return base64.urlsafe_b64encode(f"{recording.started_at.isoformat()}|{recording.pk}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        started, pk = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        started_at = parse_datetime(started)
        if started_at is None or started_at.tzinfo is None:
            raise CursorInvalid(cursor)
        return started_at.astimezone(UTC), UUID(pk)
    except (binascii.Error, ValueError, OverflowError) as error:
        raise CursorInvalid(cursor) from error


def playlist(*, recording: Recording) -> dict[str, Any]:
    """What a viewer needs to load a recording: the shape of docs/protocol.md, ready for JSON."""
    markers = list(recording.markers.values("stream", "at", "kind", "label")[: Marker.MOST])
    return {
        "recording": {
            "id": str(recording.pk),
            "state": recording.state,
            "started_at": recording.started_at.isoformat(),
            "duration_ms": recording.duration_ms,
            "policy": recording.policy,
            "markers_cut": len(markers) == Marker.MOST,
        },
        "streams": _playlist_streams(recording),
        "markers": [{**marker, "stream": str(marker["stream"])} for marker in markers],
    }


def _playlist_streams(recording: Recording) -> list[dict[str, Any]]:
    # Said again: grouping drops the model's own order.
    streams = (
        recording.streams.prefetch_related("segments", "gaps")
        .annotate(hot_first=Min("frames__seq"), hot_last=Max("frames__seq"))
        .order_by("began_at", "pk")
    )
    return [_playlist_stream(recording, stream, stream.hot_first, stream.hot_last) for stream in streams]


def _playlist_stream(recording: Recording, stream: Stream, first: int | None, last: int | None) -> dict[str, Any]:
    stream.recording = recording
    return {
        "id": str(stream.pk),
        "tab": stream.tab,
        "url": stream.url,
        "title": stream.title,
        "offset_ms": stream.offset_ms,
        "last_at": stream.last_at,
        "ended": stream.ended_at is not None,
        "sealed_to": stream.sealed_to,
        "segments": [{name: getattr(segment, name) for name in _SEGMENT_FIELDS} for segment in stream.segments.all()],
        "hot": None if first is None else {"first_seq": first, "last_seq": last},
        "gaps": [{name: getattr(gap, name) for name in _GAP_FIELDS} for gap in stream.gaps.all()],
    }


_SEGMENT_FIELDS = ("n", "first_seq", "last_seq", "first_at", "last_at", "snapshot_at", "size")
_GAP_FIELDS = ("first_seq", "last_seq", "at", "cause")


def links(*, recording: Recording) -> dict[str, int]:
    """Frames by the link that carried them, sealed and hot: `{"rtc", "relay", "beacon"}`."""
    sealed = recording.segments.aggregate(rtc=Sum("frames_rtc"), relay=Sum("frames_relay"), beacon=Sum("frames_beacon"))
    hot = dict(
        Frame.objects.filter(stream__recording=recording).order_by().values_list("link").annotate(n=Count("seq"))
    )
    return {link.label: (sealed[link.label] or 0) + hot.get(link.value, 0) for link in Link}


def hot_frames(*, stream: Stream, first: int, last: int | None = None, limit_bytes: int = HOT_BYTES) -> bytes:
    """Hot frames as they came, whole batches one behind the other, from the batch that holds `first` on.

    Ends with the batch that holds `last`, or before the one that would pass `limit_bytes` (the first comes whatever its
    size). A batch that is not whole is left out.
    """
    answer: list[bytes] = []
    size = 0
    for bodies in _hot_batches(stream, _batch_start(stream, first), last):
        size += sum(map(len, bodies))
        if answer and size > limit_bytes:
            break
        answer += bodies
    return b"".join(answer)


def _batch_start(stream: Stream, seq: int) -> int:
    """Where the batch that holds `seq` begins."""
    begun = stream.frames.filter(seq__lte=seq).order_by("-seq").values_list("seq", "flags")
    for found, flags in begun.iterator(chunk_size=32):
        if not flags & frame.FLAG_CONTINUED:
            return found
    return seq


def _hot_batches(stream: Stream, first: int, last: int | None) -> Iterator[list[bytes]]:
    open_: list[bytes] = []
    expected = None
    rows = stream.frames.filter(seq__gte=first).order_by("seq").values_list("seq", "flags", "body")
    for seq, flags, body in rows.iterator(chunk_size=64):
        is_start = not flags & frame.FLAG_CONTINUED
        if is_start and last is not None and seq > last:
            return
        goes_on = bool(open_) and seq == expected
        open_ = [bytes(body)] if is_start else [*open_, bytes(body)] if goes_on else []
        expected = seq + 1
        if open_ and not flags & frame.FLAG_MORE:
            yield open_
            open_ = []


def segment_bytes(*, recording: Recording, n: int) -> tuple[Segment, bytes]:
    """A segment and its object as stored (zstd, for `Content-Encoding: zstd`); its digest serves as the ETag.

    Raises `Segment.DoesNotExist`, `ObjectMissing` or `ObjectError`.
    """
    segment = recording.segments.get(n=n)
    return segment, object_store().get(segment.object_key)


def segment_frames(segment: Segment) -> Iterator[frame.Frame]:
    """A segment's frames, inflated; one at a time, so that an export holds one batch of a stream."""
    with zstd.open(io.BytesIO(object_store().get(segment.object_key))) as file:
        yield from frame.decode_each(file.read)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event and the stream that it happened in."""

    stream: Stream
    event: batch.RawEvent

    @property
    def t(self) -> float:
        """Milliseconds since the recording's start."""
        return self.stream.offset_ms + self.event.at


def events(*, recording: Recording, stream: Stream | None = None) -> Iterator[RecordedEvent]:
    """All stored events in order of time, sealed ones first from the objects, then the hot ones."""
    streams = [stream] if stream else list(recording.streams.all())
    for one in streams:
        one.recording = recording
    return _merged(sorted(streams, key=lambda one: one.offset_ms))


def _merged(streams: list[Stream]) -> Iterator[RecordedEvent]:
    """Merges the streams by time. Each is opened only when its time comes, so that few segments are in memory."""
    heap: list[tuple[float, int, RecordedEvent, Iterator[RecordedEvent]]] = []
    waiting = list(enumerate(streams))
    while waiting or heap:
        while waiting and (not heap or waiting[0][1].offset_ms <= heap[0][0]):
            index, one = waiting.pop(0)
            _push(heap, index, _stream_events(one))
        if heap:
            _, index, event, rest = heapq.heappop(heap)
            yield event
            _push(heap, index, rest)


def _push(
    heap: list[tuple[float, int, RecordedEvent, Iterator[RecordedEvent]]], index: int, rest: Iterator[RecordedEvent]
) -> None:
    if (event := next(rest, None)) is not None:
        heapq.heappush(heap, (event.t, index, event, rest))


def _stream_events(stream: Stream) -> Iterator[RecordedEvent]:
    for found in _stream_batches(stream):
        try:
            decoded = found.raw_events()
        except WireError:
            continue  # hot and not to be read: sealing will make a gap of it
        yield from (RecordedEvent(stream, event) for event in decoded)


def _stream_batches(stream: Stream) -> Iterator[batch.Batch]:
    """Whole batches in order of seq. Frames that are sealed between two looks are found at the second."""
    seen = -1
    while True:
        sealed = stream.segments.filter(last_seq__gt=seen).order_by("first_seq")
        for segment in sealed:
            yield from batch.batches(segment_frames(segment))
            seen = segment.last_seq
        hot = list(_hot_batches(stream, seen + 1, None))
        if not sealed.filter(last_seq__gt=seen).exists():
            break
    for bodies in hot:
        yield from batch.batches(frame.decode(body) for body in bodies)
