"""The server's end of one collector's link (docs/protocol.md, "Control").

    resume ─▶ the stream is opened in the log writer ─▶ have
    frame  ─▶ checked, charged ─▶ tail (watchers see it now) ─▶ log writer ─ commit ─▶ ack, credit

`on_text` and `on_frame` are plain functions: a frame is taken in within the call, and what waits for the database waits
in the log writer, bounded by the credit. Nothing is awaited per message, and pings are answered whatever the
database does.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Sum

from sessions import tokens
from sessions.log.stream import OpenStream
from sessions.metrics import FRAMES_DROPPED
from sessions.models import Link, Segment
from sessions.wire import control, frame, limits
from sessions.wire.errors import FrameForeignStream, FrameVersion, MessageMalformed, Unavailable, WireError
from signaling.database import in_database
from signaling.tail import Cancel

from .base import LinkBase
from .outlet import Outlet
from .window import ReceiveWindow

if TYPE_CHECKING:
    from signaling.hub import Hub

OPEN_STREAM_SECONDS: Final = 4.0
CREDIT_STEP: Final = limits.INITIAL_CREDIT_BYTES // 8
"""Credit is told anew when it has grown by this much."""
SILENCE_SECONDS: Final = 90.0
"""Browsers hold the timers of hidden tabs back to one a minute, and pings hang on them. A peer connection whose peer is
gone ends by itself after half a minute."""


class CollectorLink(LinkBase):
    """See the module. `address` is who is charged for it."""

    def __init__(self, hub: "Hub", outlet: Outlet, *, kind: Link, address: str) -> None:
        super().__init__(hub, outlet, kind=kind.label, silence=SILENCE_SECONDS)
        self.link = kind
        self._address = address
        self._resumed = False
        self._stream: OpenStream | None = None
        self._window: ReceiveWindow | None = None
        self._unwatch: Cancel | None = None
        self._credit_told = 0
        self._acked = -1
        self._ended = False

    @property
    def stream(self) -> UUID | None:
        """The stream it serves, once it is open."""
        return self._stream.stream_id if self._stream else None

    def on_text(self, text: str) -> None:
        """One control message, as it came."""
        self._guard(lambda: self._on_text(text))

    def on_frame(self, data: bytes) -> None:
        """One frame, as it came."""
        self._guard(lambda: self._on_frame(data))

    def _on_text(self, text: str) -> None:
        self._hear()
        match control.decode_from_collector(text):
            case control.Ping(n):
                self.send(control.Pong(n=n))
            case control.Clocked():
                pass  # nobody here asks (docs/adr/0021)
            case control.Resume() as resume if not self._resumed:
                self._resumed = True
                self._run(self._open(resume))
            case _:
                raise MessageMalformed("resume comes once")

    # Opening

    async def _open(self, resume: control.Resume) -> None:
        token = tokens.read_write(resume.token)
        if not limits.WIRE_VERSION_OLDEST <= resume.version <= limits.WIRE_VERSION:
            raise FrameVersion(str(resume.version))
        stored = await in_database(_stored_bytes, token.recording)
        self._hub.limits.recordings.seed(token.recording, stored)
        stream = await self._open_stream(token.stream)
        if self._closed:
            self._hub.writer.close(stream)
            return
        self._begin(stream)

    async def _open_stream(self, stream_id: UUID) -> OpenStream:
        opening = self._hub.writer.open(stream_id, self._on_commit, self._on_refused)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(opening)), OPEN_STREAM_SECONDS)
        except BaseException as error:
            # Whenever it still comes, nobody is there to use it.
            opening.add_done_callback(lambda done: None if done.exception() else self._hub.writer.close(done.result()))
            if isinstance(error, TimeoutError):
                raise Unavailable("database") from error
            raise

    def _begin(self, stream: OpenStream) -> None:
        self._cancel("open")
        self._hub.take_over(stream.stream_id, self)
        self._stream = stream
        have = stream.have
        self._window = ReceiveWindow(have=have, size=limits.INITIAL_CREDIT_BYTES)
        self._acked = have
        self._credit_told = self._window.credit
        self._unwatch = self._hub.tail.on_watched(stream.recording_id, self._on_watched)
        live = self._hub.tail.watched(stream.recording_id)
        self.send(control.Have(seq=have, credit=self._credit_told, live=live))
        self._hub.tail.publish(stream.recording_id, control.encode(control.Opened(stream=str(stream.stream_id))))

    # Frames

    def _on_frame(self, data: bytes) -> None:
        if self._stream is None or self._window is None:
            raise MessageMalformed("a frame before have")
        self._heard = time.monotonic()
        try:
            decoded = frame.decode(data)
            if decoded.stream != self._stream.stream_id:
                raise FrameForeignStream()
            fresh = self._window.take(decoded.seq, len(data))
            if fresh:
                self._charge(decoded, len(data))
        except WireError as error:
            FRAMES_DROPPED.labels(error.code).inc()
            raise
        if fresh:
            self._ended = self._ended or decoded.ends_stream
            self._hub.tail.publish(self._stream.recording_id, data)
            self._hub.writer.append(self._stream, decoded, data, self.link)
        else:
            FRAMES_DROPPED.labels("repeated").inc()
            self._tell_credit()

    def _charge(self, decoded: frame.Frame, size: int) -> None:
        assert self._stream is not None
        self._hub.limits.frame(
            project=self._stream.project_id,
            recording=self._stream.recording_id,
            stream=self._stream.stream_id,
            address=self._address,
            size=size,
            raw=0 if decoded.continued else decoded.raw_length,
        )

    # Told by the log writer, in its thread

    def _on_commit(self, have: int) -> None:
        self._hop(lambda: self._committed(have))

    def _on_refused(self, error: WireError) -> None:
        self._hop(lambda: self.fail(error))

    def _hop(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._guard, call)

    # Acks and credit

    def _committed(self, have: int) -> None:
        if self._window is None or have <= self._acked:
            return
        self._window.commit(have)
        self._acked = have
        self._ack()
        self._later("ack", limits.ACK_REPEAT_MS / 1000, self._ack)
        self._tell_credit()

    def _ack(self) -> None:
        self.send(control.Ack(seq=self._acked))

    def _tell_credit(self) -> None:
        assert self._window is not None
        if self._window.credit - self._credit_told >= CREDIT_STEP:
            self._credit_told = self._window.credit
            self.send(control.Credit(bytes=self._credit_told))

    # Cadence

    def _on_watched(self, live: bool) -> None:
        self.send(control.Cadence(live=live))

    def _project(self) -> UUID | None:
        return self._stream.project_id if self._stream else None

    def _release(self) -> None:
        if self._unwatch is not None:
            self._unwatch()
        if self._stream is not None:
            self._hub.writer.close(self._stream)
            if not self._hub.serves(self._stream.stream_id):
                notice = control.Closed(stream=str(self._stream.stream_id), ended=self._ended)
                self._hub.tail.publish(self._stream.recording_id, control.encode(notice))


def _stored_bytes(recording: UUID) -> int:
    """Raw bytes that the recording has in segments already."""
    total: int | None = Segment.objects.filter(recording=recording).aggregate(total=Sum("raw_size"))["total"]
    return total or 0
