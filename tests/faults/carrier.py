"""The control protocol over one link, as a collector speaks it (docs/protocol.md, "Control")."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from sessions.wire import control, limits
from tests.faults.journal import Journal
from tests.faults.links import Ears, Kind, Link
from tests.faults.outbox import Outbox

PING_SECONDS = limits.PING_INTERVAL_MS / 1000
IDLE_SECONDS = limits.PING_INTERVAL_IDLE_MS / 1000
DEAD_SECONDS = limits.LINK_DEAD_MS / 1000

_decoder = msgspec.json.Decoder(control.ToCollector)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a carrier is made of, the same for all of one visit."""

    visit: str
    journal: Journal
    outbox: Outbox
    token: str
    now_ms: Callable[[], float]
    """Milliseconds since the stream began."""


class Carrier:
    """Tells `on_open` when the server has said `have`, `on_closed` (with the server's code, or "") when it is over."""

    def __init__(
        self,
        parts: Parts,
        connect: Callable[[Ears], Link],
        *,
        on_open: Callable[["Carrier"], None],
        on_closed: Callable[["Carrier", str], None],
    ) -> None:
        self._parts = parts
        self._on_open, self._on_closed = on_open, on_closed
        self.is_open = False
        self.pongs: list[float] = []
        """When pings were answered."""
        self._next = self._sent = self._credit = self._pings = 0
        self._asked_at: float | None = None
        self._over = self._holds = False
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(2 * limits.OPEN_TIMEOUT_MS / 1000, lambda: self._finish(""))
        self._link = connect(self)

    @property
    def kind(self) -> Kind:
        return self._link.kind

    def close(self) -> None:
        self._over = True
        self._release()
        self._timer.cancel()
        self._link.close()

    async def gone(self) -> None:
        await self._link.gone()

    def pump(self) -> None:
        """Sends what there is, in order, as far as the credit goes."""
        outbox = self._parts.outbox
        self._next = max(self._next, outbox.first)
        while self.is_open and not self._over and (kept := outbox.frame(self._next)) is not None:
            if self._sent + len(kept.data) > self._credit:
                return
            self._tell_sent(kept.seq)
            self._link.send_frame(kept.data)
            self._sent += len(kept.data)
            self._next += 1

    # What the link tells

    def opened(self) -> None:
        if not self._over:
            self._holds = True
            self._parts.outbox.hold()
            self._say(control.Resume(token=self._parts.token, version=limits.WIRE_VERSION))

    def heard(self, text: str) -> None:
        if self._over:
            return
        self._asked_at = None
        match _decoder.decode(text):
            case control.Have() as have if not self.is_open:
                self._opened(have)
            case control.Ack(seq):
                self._write("ack", seq=seq)
                self._parts.outbox.ack(seq)
                self.pump()
            case control.Credit(total):
                self._credit = total
                self.pump()
            case control.Pong():
                self.pongs.append(time.monotonic())
            case control.Clock(n):
                self._say(control.Clocked(n=n, at=self._parts.now_ms()))
            case control.Refused(code):
                self._finish(code)
            case _:
                pass

    def closed(self) -> None:
        self._finish("")

    # Inside

    def _opened(self, have: control.Have) -> None:
        self._write("have", seq=have.seq)
        if have.seq + 1 < self._parts.outbox.first:
            self._write("broken", seq=have.seq, acked=self._parts.outbox.first - 1)
            self._finish("")
            return
        self.is_open = True
        self._release(have.seq)
        self._next, self._credit = have.seq + 1, have.credit
        self._on_open(self)
        self.pump()
        self._check()

    def _release(self, have: int | None = None) -> None:
        if self._holds:
            self._holds = False
            self._parts.outbox.release(have)

    def _check(self) -> None:
        """A ping is due; or an older one was not answered for too long."""
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at >= DEAD_SECONDS:
            self._finish("")
            return
        self._asked_at = self._asked_at or now
        self._pings += 1
        self._say(control.Ping(n=self._pings))
        self._timer.cancel()
        self._timer = self._loop.call_later(PING_SECONDS, self._check)

    def _finish(self, code: str) -> None:
        if not self._over:
            self.close()
            self._on_closed(self, code)

    def _say(self, message: control.Message) -> None:
        self._link.send_text(control.encode(message))

    def _tell_sent(self, seq: int) -> None:
        kept = self._parts.outbox.frame(seq)
        assert kept is not None
        if seq > self._parts.outbox.sent_to:
            self._parts.outbox.sent_to = seq
            told = {"of": kept.of, "frames": kept.frames, "events": kept.events, "sha": kept.sha}
            self._write("sent", seq=seq, **told)
        else:
            self._write("again", seq=seq)

    def _write(self, what: str, **fields: Any) -> None:
        stream = str(self._parts.outbox.stream)
        self._parts.journal.write(what, visit=self._parts.visit, stream=stream, link=self.kind, **fields)
