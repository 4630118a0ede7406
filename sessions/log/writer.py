"""The log writer: one thread for each process that commits what the links take in, and only then lets them ack.

Every 25 ms (or sooner, when much has come) one transaction takes the frames of all streams: the group commit. While
the database is away, frames wait in order and the commit is tried again; nothing is acked. What waits is bounded for
each link by its credit (`INITIAL_CREDIT_BYTES` not yet committed) and for the process by MAX_WAITING_BYTES. Nothing
that goes wrong ends the thread: it says so, waits a moment and goes on.

While a stream is open, its `seen_at` and its recording's are kept fresh every 5 s: that is presence.

Every method is thread-safe and returns at once, `stop` apart. No asyncio here: callbacks run in the writer's thread,
and links hop to their loop with `call_soon_threadsafe`.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from uuid import UUID
from weakref import WeakSet

import structlog
from django.db import Error, InterfaceError, OperationalError, connection

from sessions import metrics
from sessions.models import Link
from sessions.wire.errors import RecordingEnded, Unavailable, WireError
from sessions.wire.frame import Frame

from .apart import commit_apart, is_about_rows
from .commit import Outcome, commit
from .connection import use_own_connection
from .position import position
from .presence import touch
from .stream import Entry, OpenStream
from .window import AckWindow

logger = structlog.get_logger(__name__)

COMMIT_SECONDS: Final = 0.025
COMMIT_FRAMES: Final = 1_000
COMMIT_BYTES: Final = 8 * 1_048_576
MAX_WAITING_BYTES: Final = 256 * 1_048_576
"""Of memory, for frames of all links that wait."""
ENTRY_BYTES: Final = 512
"""Of memory, for the objects around one frame that waits. Its payload is there twice: as it came, and decoded."""
PRESENCE_SECONDS: Final = 5.0
OPEN_SECONDS: Final = 3.0
"""An `open` that the database did not answer by then fails with `Unavailable`."""
RETRY_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
STUCK_SECONDS: Final = 60.0
"""Above what one statement may take, on either database."""


@dataclass(eq=False, slots=True)
class _Opening:
    stream_id: UUID
    on_commit: Callable[[int], None]
    on_refused: Callable[[WireError], None]
    future: Future[OpenStream]
    deadline: float


class LogWriter:
    """See the module. `start()` before use, `stop()` after; or a `with` block."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._openings: deque[_Opening] = deque()
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._commit_at = 0.0
        """When the frames in `_entries` are due; without any it says nothing."""
        self._stop_at: float | None = None
        self._thread: threading.Thread | None = None
        # Below: the writer's thread alone, `_open` apart.
        self._open: dict[UUID, WeakSet[OpenStream]] = {}
        """Weak: a link that died between the answer and its arrival must not keep a visitor online."""
        self._batch: list[Entry] = []
        self._retry_at = 0.0
        self._failures = 0
        self._presence_at = time.monotonic() + PRESENCE_SECONDS
        self._turned_at = time.monotonic()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sightline-log-writer", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Commits what waits, as far as the database takes it within `timeout` seconds, and ends the thread."""
        with self._wake:
            self._stop_at = time.monotonic() + timeout
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout + 1)

    def open(
        self, stream_id: UUID, on_commit: Callable[[int], None], on_refused: Callable[[WireError], None]
    ) -> Future[OpenStream]:
        """Reads where the stream stands.

        The future fails with `RecordingEnded` (gone or ended) or `Unavailable` (the database gave no answer within
        OPEN_SECONDS). A database that hangs instead of failing can hold the thread longer, so wait with a timeout.
        """
        opening = _Opening(stream_id, on_commit, on_refused, Future(), time.monotonic() + OPEN_SECONDS)
        with self._wake:
            if self._stop_at is None:
                self._openings.append(opening)
                self._wake.notify()
                return opening.future
        opening.future.set_exception(Unavailable("stopping"))
        return opening.future

    def append(self, stream: OpenStream, frame: Frame, body: bytes, link: Link) -> None:
        """Takes one checked frame, `body` as it came. Committed soon; `stream.on_commit` says when.

        Raises `Unavailable` where MAX_WAITING_BYTES wait already: the link closes, and the collector keeps the frame.
        """
        if stream.refused:
            metrics.FRAMES_DROPPED.labels("refused").inc()
            return
        metrics.FRAMES_RECEIVED.labels(link.label).inc()
        with self._wake:
            if 2 * self._bytes + ENTRY_BYTES * len(self._entries) > MAX_WAITING_BYTES:
                metrics.FRAMES_DROPPED.labels("log_full").inc()
                raise Unavailable("too much waits for the database")
            self._entries.append(Entry(frame, body, link))
            self._bytes += len(body)
            if len(self._entries) == 1:
                self._commit_at = time.monotonic() + COMMIT_SECONDS
                self._wake.notify()
            elif self._is_much():
                self._commit_at = 0.0
                self._wake.notify()

    def close(self, stream: OpenStream) -> None:
        """The link goes. What it appended is committed all the same; its callbacks are called no more."""
        with self._wake:
            if streams := self._open.get(stream.stream_id):
                streams.discard(stream)
            self._forget_closed()

    @property
    def waiting(self) -> int:
        """Frames taken in and not yet committed."""
        with self._wake:
            return len(self._entries) + len(self._batch)

    @property
    def state(self) -> str:
        """For health checks: `ok`, `retrying` (the database takes nothing just now), `stuck` or `stopped`."""
        if self._thread is None or not self._thread.is_alive():
            return "stopped"
        if time.monotonic() - self._turned_at > STUCK_SECONDS:
            return "stuck"
        return "retrying" if self._failures else "ok"

    # The writer's thread

    def _run(self) -> None:
        try:
            use_own_connection()
            while not self._is_over():
                self._try_turn()
        finally:
            connection.close()
            self._fail_openings(float("inf"), Unavailable("stopping"))

    def _is_over(self) -> bool:
        with self._wake:
            if self._stop_at is None:
                return False
            return not (self._entries or self._batch) or time.monotonic() >= self._stop_at

    def _try_turn(self) -> None:
        self._turned_at = time.monotonic()
        try:
            self._turn()
        except Exception:
            logger.exception("log_writer.failed")
            self._put_off()

    def _turn(self) -> None:
        with self._wake:
            if (wait := self._next_at() - time.monotonic()) > 0:
                self._wake.wait(wait)
        now = time.monotonic()
        if now >= self._retry_at:
            self._attempt(self._work)
        self._fail_openings(now, Unavailable("database"))

    def _next_at(self) -> float:
        """When there is something to do; the lock is held."""
        due = self._presence_at
        if self._stop_at is not None or self._openings or self._batch:
            due = 0.0
        elif self._entries:
            due = min(due, self._commit_at)
        due = max(due, self._retry_at)
        return min([due, *(opening.deadline for opening in self._openings)])

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Error as error:
            self._database_is_away(error)
        else:
            if self._failures:
                logger.info("log_writer.recovered", failures=self._failures)
            self._failures = 0

    def _database_is_away(self, error: Exception) -> None:
        if not self._failures:
            logger.error("log_writer.database_away", error=type(error).__name__)
        self._put_off()
        connection.close()

    def _put_off(self) -> None:
        metrics.COMMIT_FAILURES.inc()
        self._retry_at = time.monotonic() + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1

    def _work(self) -> None:
        for opening in self._waiting_openings():
            self._serve(opening)
        if self._take():
            self._commit()
        if time.monotonic() >= self._presence_at:
            self._presence_at = time.monotonic() + PRESENCE_SECONDS
            self._freshen()

    # Openings

    def _waiting_openings(self) -> list[_Opening]:
        with self._wake:
            return list(self._openings)

    def _serve(self, opening: _Opening) -> None:
        try:
            found = position(opening.stream_id)
        except RecordingEnded as error:
            self._decline(opening, error)
            return
        except Exception as error:
            if not is_about_rows(error):
                raise
            logger.exception("stream.open_failed", stream=str(opening.stream_id))
            self._decline(opening, Unavailable("database"))
            return
        self._drop(opening)
        if not opening.future.set_running_or_notify_cancel():
            return
        stream = OpenStream(
            opening.stream_id,
            found.recording_id,
            found.project_id,
            AckWindow(found.have),
            opening.on_commit,
            opening.on_refused,
        )
        with self._wake:
            self._open.setdefault(stream.stream_id, WeakSet()).add(stream)
            self._forget_closed()
        opening.future.set_result(stream)

    def _drop(self, opening: _Opening) -> None:
        with self._wake:
            self._openings.remove(opening)

    def _decline(self, opening: _Opening, error: WireError) -> None:
        self._drop(opening)
        if opening.future.set_running_or_notify_cancel():
            opening.future.set_exception(error)

    def _fail_openings(self, now: float, error: WireError) -> None:
        for opening in self._waiting_openings():
            if opening.deadline <= now:
                self._decline(opening, error)

    def _forget_closed(self) -> None:
        """Lets go of streams that no link serves any more; the lock is held."""
        for stream_id in [stream_id for stream_id, streams in self._open.items() if not streams]:
            del self._open[stream_id]
        metrics.STREAMS_OPEN.set(len(self._open))

    # Commits

    def _take(self) -> bool:
        """Moves what is due into `_batch`, where it stays until it is committed. False when nothing is due."""
        with self._wake:
            is_due = self._stop_at is not None or time.monotonic() >= self._commit_at
            if not self._batch and self._entries and is_due:
                size = 0
                while self._entries and len(self._batch) < COMMIT_FRAMES and size < COMMIT_BYTES:
                    self._batch.append(self._entries.popleft())
                    size += len(self._batch[-1].body)
                self._bytes -= size
            metrics.FRAMES_WAITING.set(len(self._entries) + len(self._batch))
        return bool(self._batch)

    def _is_much(self) -> bool:
        return len(self._entries) >= COMMIT_FRAMES or self._bytes >= COMMIT_BYTES

    def _commit(self) -> None:
        started = time.monotonic()
        try:
            outcome = commit(self._batch)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            outcome = commit_apart(self._batch)
        metrics.COMMIT_SECONDS.observe(time.monotonic() - started)
        logger.debug("frame.committed", frames=len(self._batch), streams=len(outcome.sealed_to))
        entries, self._batch = self._batch, []
        self._tell(entries, outcome)

    def _tell(self, entries: list[Entry], outcome: Outcome) -> None:
        for stream_id, error in outcome.refused.items():
            self._refuse(stream_id, error)
        streams = {stream_id: self._links_of(stream_id) for stream_id in outcome.sealed_to}
        for entry in entries:
            for stream in streams.get(entry.frame.stream, ()):
                stream.window.add(entry.frame.seq)
        for stream_id, links in streams.items():
            for stream in links:
                stream.window.advance(outcome.sealed_to[stream_id])
                _call(stream.on_commit, stream.have)

    def _refuse(self, stream_id: UUID, error: WireError) -> None:
        with self._wake:
            refused = list(self._open.pop(stream_id, ()))
            self._forget_closed()
        metrics.FRAMES_DROPPED.labels(error.code).inc()
        for stream in refused:
            stream.refused = True
            _call(stream.on_refused, error)

    def _links_of(self, stream_id: UUID) -> list[OpenStream]:
        with self._wake:
            return list(self._open.get(stream_id, ()))

    def _freshen(self) -> None:
        with self._wake:
            self._forget_closed()
            stream_ids = list(self._open)
        for stream_id in touch(stream_ids):
            self._refuse(stream_id, RecordingEnded(str(stream_id)))


def _call[T](callback: Callable[[T], None], value: T) -> None:
    """A link whose loop is closed must not end the log of all others."""
    try:
        callback(value)
    except Exception:
        logger.exception("log_writer.callback_failed")


_process_writer: LogWriter | None = None
_process_lock = threading.Lock()


def get_writer() -> LogWriter:
    """The process's writer, made and started at the first call."""
    global _process_writer
    with _process_lock:
        if _process_writer is None:
            _process_writer = LogWriter()
            _process_writer.start()
        return _process_writer


def writer_state() -> str:
    """`LogWriter.state` of the process's writer; `off` where this process took nothing in yet."""
    return _process_writer.state if _process_writer else "off"


def stop_writer(timeout: float = 5.0) -> None:
    """Stops the process's writer if there is one; the next `get_writer` makes another."""
    global _process_writer
    with _process_lock:
        writer, _process_writer = _process_writer, None
    if writer is not None:
        writer.stop(timeout)
