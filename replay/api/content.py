"""What a recording is made of: segments, hot frames, events. Rights are checked each time."""

import gzip
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from backports import zstd
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import parse_etags
from ninja import Query, Router

from replay.api.filters import EventsQuery, FramesQuery
from replay.api.problems import Problem
from replay.api.schemas import ProblemOut
from replay.rights import member_of, recording_for
from sessions import selectors
from sessions.models import Recording, Segment, Stream
from sessions.rrweb import to_rrweb

router = Router(tags=["Content"])
NO = {401: ProblemOut, 404: ProblemOut}
EVENTS_AT_ONCE: Final = 256
BYTES_AT_ONCE: Final = 1 << 20
"""Lines that are written in one go."""
BINARY: Final = "application/octet-stream"


@router.get("recordings/{uuid:recording_id}/segments/{int:n}", response=NO, summary="A segment")
def get_segment(request: HttpRequest, recording_id: UUID, n: int) -> HttpResponse:
    """Sealed frames, one behind the other, inflated (codec 0). Comes as zstd where `Accept-Encoding` takes it, else as
    gzip, else plain. `ETag` and `If-None-Match` save the second transfer.
    """
    recording = recording_for(member_of(request), recording_id)
    encoding = accepted_encoding(request.headers.get("Accept-Encoding", ""))
    segment = recording.segments.filter(n=n).first()
    if segment is None:
        raise Http404("No such segment.")
    etag = _etag(segment, encoding)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _cached(HttpResponse(status=304), etag, "")
    _, stored = selectors.segment_bytes(recording=recording, n=n)
    return _cached(HttpResponse(_encoded(stored, encoding), content_type=BINARY), etag, encoding)


def accepted_encoding(header: str) -> str:
    """`zstd`, `gzip` or "" (plain), by RFC 9110, 12.5.3; no header means plain."""
    weights = dict(_weight(part) for part in header.lower().split(",") if part.strip())
    anything = weights.get("*", 0.0)
    return next((name for name in ("zstd", "gzip") if weights.get(name, anything) > 0), "")


def _weight(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    try:
        return name.strip(), float(parameter.partition("=")[2]) if parameter.strip() else 1.0
    except ValueError:
        return name.strip(), 0.0


def _etag(segment: Segment, encoding: str) -> str:
    """One for each representation: the same object packed otherwise is other bytes (RFC 9110, 8.8.3)."""
    return f'"{segment.digest}"' if encoding == "zstd" else f'"{segment.digest}-{encoding or "plain"}"'


def _encoded(stored: bytes, encoding: str) -> bytes:
    if encoding == "zstd":
        return stored
    plain = zstd.decompress(stored)
    return gzip.compress(plain, compresslevel=5, mtime=0) if encoding == "gzip" else plain


def _cached(response: HttpResponse, etag: str, encoding: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Encoding, Authorization, Cookie"
    if encoding:
        response["Content-Encoding"] = encoding
    return response


@router.get("recordings/{uuid:recording_id}/frames", response=NO, summary="Hot frames")
def get_frames(request: HttpRequest, recording_id: UUID, query: Query[FramesQuery]) -> HttpResponse:
    """Frames that are not sealed yet, as they came: whole batches, at most 4 MiB; what follows is asked for again."""
    stream = _stream(recording_for(member_of(request), recording_id), query.stream)
    return HttpResponse(selectors.hot_frames(stream=stream, first=query.first, last=query.last), content_type=BINARY)


def _stream(recording: Recording, stream_id: UUID) -> Stream:
    stream = recording.streams.filter(pk=stream_id).first()
    if stream is None:
        raise Http404("No such stream.")
    stream.recording = recording
    return stream


@router.get("recordings/{uuid:recording_id}/events", response={400: ProblemOut, **NO}, summary="Events")
def get_events(request: HttpRequest, recording_id: UUID, query: Query[EventsQuery]) -> HttpResponseBase:
    """All stored events in order of time, one JSON object a line (NDJSON): `{"stream", "t", "at", "kind", "data"}`, `t`
    in ms since the recording's start. With `format=rrweb`: rrweb's own events of one stream.
    """
    recording = recording_for(member_of(request), recording_id)
    stream = _stream(recording, query.stream) if query.stream else None
    if query.format == "rrweb":
        stream = stream or _only_stream(recording)
        return _ndjson(request, map(_rrweb_line, selectors.events(recording=recording, stream=stream)))
    return _ndjson(request, map(_line, selectors.events(recording=recording, stream=stream)))


def _only_stream(recording: Recording) -> Stream:
    streams = list(recording.streams.all()[:2])
    if len(streams) != 1:
        raise Problem(400, "stream_needed", "Say which stream: the recording has none or several.")
    return _stream(recording, streams[0].pk)


def _line(found: selectors.RecordedEvent) -> dict[str, Any]:
    event = found.event
    return {"stream": found.stream.pk, "t": found.t, "at": event.at, "kind": event.kind, "data": event.data}


def _rrweb_line(found: selectors.RecordedEvent) -> dict[str, Any]:
    return to_rrweb(found.event, began_at_ms=found.stream.began_at.timestamp() * 1000)


def _ndjson(request: HttpRequest, rows: Iterator[Any]) -> StreamingHttpResponse:
    """Writes while it reads, so that the longest recording costs no memory."""
    encode = msgspec.json.Encoder().encode
    parts = _parts(encode(row) + b"\n" for row in rows)
    body = _in_threads(parts) if isinstance(request, ASGIRequest) else parts
    return StreamingHttpResponse(body, content_type="application/x-ndjson")


def _parts(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Many short lines at once, a long one by itself."""
    part, events = bytearray(), 0
    for line in lines:
        part += line
        events += 1
        if events == EVENTS_AT_ONCE or len(part) > BYTES_AT_ONCE:
            yield bytes(part)
            part, events = bytearray(), 0
    if part:
        yield bytes(part)


async def _in_threads(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Under ASGI Django would read a plain iterator to its end before it sends the first byte."""
    while part := await sync_to_async(_next)(parts):
        yield part


def _next(parts: Iterator[bytes]) -> bytes:
    return next(parts, b"")
