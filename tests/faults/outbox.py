"""What a visit has to tell: batches of events, numbered, kept until they are acked. No I/O; time is an argument."""

import hashlib
import random
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sessions.wire import batch, frame

LARGE_EVERY: Final = 40
"""One batch in so many does not fit a frame."""
LARGE_CHARS: Final = 120_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One frame that is not acked."""

    seq: int
    data: bytes
    of: int
    """First seq of its batch."""
    frames: int
    """Frames in its batch."""
    events: int
    sha: str
    """SHA-256 of the raw batch, hex."""


class Outbox:
    """Frames in order of seq; `first` is the lowest that is kept, `acked` the highest that the server promised."""

    def __init__(self, stream: UUID, seed: int) -> None:
        self.stream = stream
        self.first = 0
        self.acked = -1
        self.sent_to = -1
        """The highest seq that was ever given to a link."""
        self._kept: list[Kept] = []
        self._holders = 0
        self._due = -1
        self._random = random.Random(seed)
        self._n = 0

    @property
    def waiting(self) -> int:
        return len(self._kept)

    @property
    def next_seq(self) -> int:
        return self.first + len(self._kept)

    def frame(self, seq: int) -> Kept | None:
        index = seq - self.first
        return self._kept[index] if 0 <= index < len(self._kept) else None

    def hold(self) -> None:
        """Keep everything from now on: a link is being opened, and others may ack meanwhile what it will ask for."""
        self._holders += 1

    def release(self, have: int | None = None) -> None:
        """The link is open, or came to nothing (None). From what it has on, it is to be given everything."""
        self._holders -= 1
        if have is not None:
            self.acked = max(self.acked, have)
            self._due = have
        self._let_go()

    def ack(self, seq: int) -> None:
        self.acked = max(self.acked, seq)
        self._due = max(self._due, seq)
        self._let_go()

    def _let_go(self) -> None:
        if not self._holders:
            gone = max(0, self._due + 1 - self.first)
            del self._kept[:gone]
            self.first += gone

    def tell(self, at: float) -> None:
        """One more batch, of what happened at `at` ms."""
        self._n += 1
        events = [self._event(at) for _ in range(self._random.randint(1, 4))]
        self._pack(events, flags=0)

    def end(self, at: float) -> None:
        """The last batch: the stream ends with it."""
        self._pack([batch.Event(round(at, 1), "end", {"reason": "stopped"})], flags=frame.FLAG_END)

    def _event(self, at: float) -> batch.Event:
        size = LARGE_CHARS if self._n % LARGE_EVERY == 0 else self._random.randint(20, 800)
        text = self._random.randbytes(size // 2).hex()
        return batch.Event(round(at, 1), "track", {"name": f"batch {self._n}", "properties": {"text": text}})

    def _pack(self, events: list[batch.Event], flags: int) -> None:
        codec = self._random.choice(frame.CODECS)
        frames = batch.frames_of(events, stream=self.stream, seq=self.next_seq, flags=flags, codec=codec)
        sha = hashlib.sha256(batch.Batch(tuple(frames)).raw()).hexdigest()
        first = frames[0].seq
        self._kept += [Kept(one.seq, frame.encode(one), first, len(frames), len(events), sha) for one in frames]
