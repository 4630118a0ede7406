"""Compares what a driver's journal says with what is stored. Pure; answers sentences, none when all is well.

Three rules: everything acked is stored, byte for byte; nothing is stored twice or out of order; nothing is stored that
was not sent.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from sessions.wire import batch
from tests.faults.journal import Entry
from tests.faults.stored import StoredBatch


@dataclass(frozen=True, slots=True)
class SentBatch:
    first_seq: int
    frames: int
    events: int
    sha: str

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.frames - 1


@dataclass(frozen=True, slots=True)
class Promise:
    """What a stream's journal says."""

    sent: dict[int, SentBatch]
    """By first seq."""
    acked: int
    broken: list[str]
    """What the server took back."""

    def due(self) -> list[SentBatch]:
        """The batches that were acked whole, in order."""
        return [one for _, one in sorted(self.sent.items()) if one.last_seq <= self.acked]


def promise(journal: Iterable[Entry], stream: str) -> Promise:
    sent: dict[int, SentBatch] = {}
    acked = -1
    broken: list[str] = []
    for entry in journal:
        if entry.fields.get("stream") != stream:
            continue
        if entry.what == "sent":
            sent[entry["of"]] = SentBatch(entry["of"], entry["frames"], entry["events"], entry["sha"])
        elif entry.what in ("ack", "have"):
            acked = max(acked, entry["seq"])
        elif entry.what == "broken":
            broken.append(f"up to seq {entry['acked']} was acked, and then the server said it has {entry['seq']}")
    return Promise(sent, acked, broken)


def check_stored(promised: Promise, stored: Sequence[StoredBatch]) -> list[str]:
    """Against the rows and objects."""
    faults = [*promised.broken, *_order(stored)]
    for one in stored:
        sent = promised.sent.get(one.first_seq)
        if sent is None:
            faults.append(f"seq {one.first_seq} is stored and was never sent")
        elif (sent.frames, sent.sha) != (one.frames, one.sha):
            faults.append(f"seq {one.first_seq} is not what was sent")
    have = {one.first_seq for one in stored}
    faults += [
        f"seq {one.first_seq} was acked and is not stored" for one in promised.due() if one.first_seq not in have
    ]
    return faults


def check_events(promised: Promise, events: Sequence[batch.Event]) -> list[str]:
    """Against what the API tells: the events, put back into the batches in which they were sent, are the same bytes."""
    rest = list(events)
    for number, sent in sorted(promised.sent.items()):
        some, rest = rest[: sent.events], rest[sent.events :]
        if not some and sent.last_seq > promised.acked:
            break
        if hashlib.sha256(msgspec.json.encode(some)).hexdigest() != sent.sha:
            return [f"the {len(some)} events at seq {number} are not what was sent"]
    return [f"{len(rest)} events more than were sent"] if rest else []


def _order(stored: Sequence[StoredBatch]) -> Iterable[str]:
    due = 0
    for one in stored:
        if one.first_seq != due:
            yield f"seq {one.first_seq} is stored where {due} was due"
        due = one.first_seq + one.frames
