"""What both kinds of link share: messages out, timers, the pump of one peer's mistakes into one `error` and a close."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from sessions.wire import control, limits
from sessions.wire.errors import OpenTimeout, RateLimited, Unavailable, WireError
from signaling.limits import Buckets
from signaling.metrics import LINKS_CLOSED, LINKS_OPEN

from .outlet import Outlet

if TYPE_CHECKING:
    from signaling.hub import Hub

logger = structlog.get_logger(__name__)

CONTROL_PER_MINUTE: Final = 1_200
"""Control messages a peer may send: twenty a second, and a minute's worth at once."""


class LinkBase:
    """Made when the connection opens. Whoever made it calls `aclose` when the connection is gone."""

    def __init__(self, hub: "Hub", outlet: Outlet, *, kind: str, silence: float) -> None:
        """`kind` names it in metrics; after `silence` seconds without a message the peer counts as gone."""
        self._hub = hub
        self._outlet = outlet
        self._loop = asyncio.get_running_loop()
        self._kind = kind
        self._silence = silence
        self._heard = time.monotonic()
        self._messages = Buckets(CONTROL_PER_MINUTE)
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._going = False
        hub.enter(self)
        LINKS_OPEN.labels(kind).inc()
        self._later("open", limits.OPEN_TIMEOUT_MS / 1000, lambda: self.fail(OpenTimeout()))
        self._later("silence", silence, self._check_silence)

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def silent_seconds(self) -> float:
        """Since the peer was heard last."""
        return time.monotonic() - self._heard

    def send(self, message: control.Message) -> None:
        if not self._closed:
            self._outlet.send_text(control.encode(message))

    def go_away(self, seconds: float) -> None:
        """Ask the peer, once, to move to another process within this time."""
        if not self._going:
            self._going = True
            self.send(control.Goaway(after=int(seconds * 1000)))

    def fail(self, error: WireError) -> None:
        """Say why, and close. Does nothing on a closed link."""
        if self._closed:
            return
        logger.info("link.refused", kind=self._kind, code=error.code, detail=error.detail)
        if project := self._project():
            self._hub.refusals.note(project, error)
        self.send(control.Refused(code=error.code, message=str(error)))
        self._close(error.code)
        self._outlet.close(error.close)

    async def aclose(self) -> None:
        """The connection is gone, or this process goes. Returns when nothing runs any more."""
        if not self._closed:
            self._close("gone")
            self._outlet.close(1000)
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _project(self) -> UUID | None:
        """Whose owner wants to know of refusals; None while that is not known."""
        return None

    def _release(self) -> None:
        """What the kind of link holds is given back. Called once."""

    def _close(self, code: str) -> None:
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            if task is not _current_task():
                task.cancel()
        self._hub.leave(self)
        LINKS_OPEN.labels(self._kind).dec()
        LINKS_CLOSED.labels(code).inc()
        self._release()

    def _hear(self) -> None:
        """Something came. Raises `RateLimited` for a peer that chatters."""
        self._heard = time.monotonic()
        if not self._messages.take(None):
            raise RateLimited("control messages")

    def _guard(self, call: Callable[[], None]) -> None:
        """Whatever a peer sent, it ends this link at most."""
        if self._closed:
            return
        try:
            call()
        except WireError as error:
            self.fail(error)
        except Exception:
            logger.exception("link.failed", kind=self._kind)
            self.fail(Unavailable())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """A task that ends with the link."""
        task = self._loop.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except WireError as error:
            self.fail(error)
        except Exception:
            logger.exception("link.failed", kind=self._kind)
            self.fail(Unavailable())

    def _later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """One timer for each name; the newer replaces the older."""
        self._cancel(name)
        self._timers[name] = self._loop.call_later(seconds, lambda: self._guard(call))

    def _cancel(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()

    def _check_silence(self) -> None:
        left = self._heard + self._silence - time.monotonic()
        if left <= 0:
            self.fail(OpenTimeout("silence"))
        else:
            self._later("silence", left + 0.01, self._check_silence)


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
