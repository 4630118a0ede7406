"""`POST /ingest/beacon`: the last frames of a page that goes away, sent by `fetch(keepalive)` without a preflight.

Body: the write token, a line feed, whole frames one behind the other. What they are checked for is what a link checks;
204 means committed. CORS: any origin, no credentials.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sessions import tokens
from sessions.log.stream import OpenStream
from sessions.metrics import FRAMES_DROPPED
from sessions.models import Link
from sessions.wire import limits
from sessions.wire.errors import (
    FrameForeignStream,
    FrameHole,
    FrameTooLarge,
    MessageMalformed,
    Unauthorized,
    Unavailable,
    WireError,
)
from sessions.wire.frame import HEADER_BYTES, Frame, decode_at

from .hub import Hub, get_hub
from .limits import peer_address

logger = structlog.get_logger(__name__)

OPEN_SECONDS: Final = 2.0
COMMIT_SECONDS: Final = 2.0


@csrf_exempt
async def beacon(request: HttpRequest) -> HttpResponse:
    """204, or a problem `{"code", "message"}` with the HTTP status of the error's close code."""
    if request.method != "POST":
        return _cors(HttpResponse(status=405, headers={"Allow": "POST"}))
    try:
        await _take(request)
    except WireError as error:
        logger.info("beacon.refused", code=error.code, detail=error.detail)
        return _cors(JsonResponse({"code": error.code, "message": str(error)}, status=http_status(error)))
    return _cors(HttpResponse(status=204))


def http_status(error: WireError) -> int:
    """Close codes are 4000 and the HTTP status that says the same, 4430 apart."""
    status = error.close - 4000
    return 429 if status == 430 else status


async def _take(request: HttpRequest) -> None:
    hub, address = get_hub(), _address(request)
    hub.limits.open(address)
    token, frames = parse(_body(request))
    try:
        if any(frame.stream != token.stream for frame, _ in frames):
            raise FrameForeignStream()
        await _write(hub, address, token, frames)
    except WireError as error:
        hub.refusals.note(token.project, error)
        raise


def _body(request: HttpRequest) -> bytes:
    """As long as it said beforehand; a browser's `fetch` does."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise MessageMalformed("no length")
    if int(length) > limits.MAX_BEACON_BYTES:
        raise FrameTooLarge(f"body of {length[:16]} bytes")
    return request.body


def parse(body: bytes) -> tuple[tokens.WriteToken, list[tuple[Frame, bytes]]]:
    """The token, and each frame with its bytes. Raises a typed `WireError`."""
    head, separator, rest = body.partition(b"\n")
    if not separator or not head.isascii():
        raise Unauthorized("no token")
    token = tokens.read_write(head.decode())
    frames, offset = [], 0
    while offset < len(rest):
        frame, end = decode_at(rest, offset, max_payload=limits.MAX_FRAME_BYTES - HEADER_BYTES)
        frames.append((frame, rest[offset:end]))
        offset = end
    return token, frames


async def _write(hub: Hub, address: str, token: tokens.WriteToken, frames: list[tuple[Frame, bytes]]) -> None:
    commit = _Commit(frames[-1][0].seq if frames else -1)
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            stream = await asyncio.wrap_future(hub.writer.open(token.stream, commit.on_commit, commit.on_refused))
        try:
            if _append(hub, address, stream, frames):
                await commit.wait()
        finally:
            hub.writer.close(stream)
    except TimeoutError as error:
        raise Unavailable("database") from error


def _append(hub: Hub, address: str, stream: OpenStream, frames: list[tuple[Frame, bytes]]) -> int:
    """Hands over what is new, in order; how many that were. Raises `FrameHole` before the first is taken."""
    due = stream.have + 1
    fresh = [(frame, data) for frame, data in frames if frame.seq >= due]
    FRAMES_DROPPED.labels("repeated").inc(len(frames) - len(fresh))
    if [frame.seq for frame, _ in fresh] != list(range(due, due + len(fresh))):
        raise FrameHole(f"seq {due} was due")
    for frame, data in fresh:
        hub.limits.frame(
            project=stream.project_id,
            recording=stream.recording_id,
            stream=stream.stream_id,
            address=address,
            size=len(data),
            raw=0 if frame.continued else frame.raw_length,
        )
        hub.tail.publish(stream.recording_id, data)
        hub.writer.append(stream, frame, data, Link.BEACON)
    return len(fresh)


class _Commit:
    """Waits on a loop for what the log writer says in its thread."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Raises what the stream was refused with, or `TimeoutError`."""
        await asyncio.wait_for(self._done, COMMIT_SECONDS)

    def on_commit(self, have: int) -> None:
        if have >= self._last:
            self._settle(lambda: self._done.set_result(None))

    def on_refused(self, error: WireError) -> None:
        self._settle(lambda: self._done.set_exception(error))

    def _settle(self, settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the request is over and its loop closed
            self._done.get_loop().call_soon_threadsafe(lambda: None if self._done.done() else settle())


def _address(request: HttpRequest) -> str:
    forwarded = request.headers.get("x-forwarded-for", "")
    headers = [(b"x-forwarded-for", forwarded.encode("latin-1", "replace"))] if forwarded else []
    return peer_address({"client": (request.META.get("REMOTE_ADDR", ""), 0), "headers": headers})


def _cors(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response
