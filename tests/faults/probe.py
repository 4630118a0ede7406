"""What a real collector in a real page sends and is told, written down outside the page.

Only looks on: the page's WebSocket and RTCDataChannel are its own. What it saw can be asked for as a journal's entries.
"""

import base64
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from playwright.async_api import BrowserContext

from sessions.wire import batch, control, frame
from tests.faults.journal import Entry

SCRIPT: Final = """(() => {
  const text = (link, data) => typeof data === 'string' && tellTest(link, 'text', data)
  const bytes = (link, data) => {
    const view = data instanceof ArrayBuffer ? new Uint8Array(data) : data
    if (!(view instanceof Uint8Array)) return
    tellTest(link, 'frame', btoa(Array.from(view, (n) => String.fromCharCode(n)).join('')))
  }
  const look = (prototype, link) => {
    const { send, addEventListener } = prototype
    const seen = new WeakSet()
    prototype.send = function (data) {
      if (!seen.has(this)) {
        seen.add(this)
        addEventListener.call(this, 'message', ({ data }) => text(link, data))
      }
      bytes(link, data)
      return send.call(this, data)
    }
  }
  look(WebSocket.prototype, 'relay')
  if (window.RTCDataChannel) look(RTCDataChannel.prototype, 'rtc')
})()"""

_decoder: msgspec.json.Decoder[control.ToCollector] = msgspec.json.Decoder(control.ToCollector)


@dataclass(frozen=True, slots=True)
class Sight:
    """One frame that was sent (first or again), or one promise that came."""

    t: float
    link: str
    seq: int


@dataclass(slots=True)
class Probe:
    frames: dict[UUID, dict[int, frame.Frame]] = field(default_factory=dict)
    sent: list[Sight] = field(default_factory=list)
    """First ways onto a link only."""
    acked: list[Sight] = field(default_factory=list)

    @classmethod
    async def into(cls, context: BrowserContext) -> "Probe":
        """For all pages of the context that are opened from now on."""
        probe = cls()
        # In a function of its own: Playwright keeps things with what it is given.
        await context.expose_function("tellTest", lambda link, kind, data: probe.take(link, kind, data))
        await context.add_init_script(SCRIPT)
        return probe

    def take(self, link: str, kind: str, data: str) -> None:
        if kind == "frame":
            self._sent(link, base64.b64decode(data))
        elif '"ack"' in data or '"have"' in data:
            self._told(link, data)

    @property
    def stream(self) -> str:
        """Of the one page load."""
        (found,) = self.frames
        return str(found)

    @property
    def link(self) -> str | None:
        """What carried the last frame."""
        return self.sent[-1].link if self.sent else None

    @property
    def unacked(self) -> int:
        return max((one.seq for one in self.sent), default=-1) - max((one.seq for one in self.acked), default=-1)

    def pause(self, since: float) -> float | None:
        """Seconds from `since` to the first promise for a frame that was sent after it."""
        fresh = next((one for one in self.sent if one.t > since), None)
        if fresh is None:
            return None
        return next((one.t - since for one in self.acked if one.t > fresh.t and one.seq >= fresh.seq), None)

    def entries(self) -> list[Entry]:
        """As in a driver's journal."""
        acks = [Entry(one.t, "ack", {"stream": self.stream, "seq": one.seq}) for one in self.acked]
        return [*self._sent_entries(), *acks]

    def _sent_entries(self) -> list[Entry]:
        (frames,) = self.frames.values()
        return [
            Entry(0.0, "sent", {"stream": self.stream, "seq": seq, **_told_of(found)})
            for found in batch.batches(frames[seq] for seq in sorted(frames))
            for seq in (one.seq for one in found.frames)
        ]

    def _sent(self, link: str, data: bytes) -> None:
        if not data.startswith(frame.MAGIC):
            return
        decoded = frame.decode(data)
        known = self.frames.setdefault(decoded.stream, {})
        if decoded.seq not in known:
            known[decoded.seq] = decoded
            self.sent.append(Sight(time.monotonic(), link, decoded.seq))

    def _told(self, link: str, data: str) -> None:
        match _decoder.decode(data):
            case control.Ack(seq) | control.Have(seq):
                self.acked.append(Sight(time.monotonic(), link, seq))
            case _:
                pass


def _told_of(found: batch.Batch) -> dict[str, object]:
    raw = found.raw()
    return {
        "of": found.frames[0].seq,
        "frames": len(found.frames),
        "events": found.frames[0].count,
        "sha": sha256(raw).hexdigest(),
    }
