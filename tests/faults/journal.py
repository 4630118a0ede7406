"""What a driver did and was told, on the disk before the next step, in a file that no process of the product touches.

Lines of JSON; `t` is this machine's monotonic clock in seconds. What is written:

    sent  {visit, stream, seq, link, of, frames, events, sha}   a frame's first way onto a link, told before it goes;
                                                          `of`: the batch's first seq, `sha`: SHA-256 of the raw batch
    again {visit, stream, seq, link}                      the same frame on a later link
    have  {visit, stream, seq, link}                      a link was opened, and what the server said it has
    ack   {visit, stream, seq, link}
    broken {visit, stream, seq, link, acked}              a `have` behind what was acked
    link  {visit, link}                                   what carries frames now; null: nothing
    kill  {process, unacked}                              `unacked`: frames sent over it, by visit
    back  {process}                                       the killed process serves again
"""

import bisect
import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Entry:
    t: float
    what: str
    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]


class Journal:
    """Appends; `entries` are those of this run, as they stand in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: list[Entry] = []
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def write(self, what: str, **fields: Any) -> Entry:
        entry = Entry(time.monotonic(), what, fields)
        os.write(self._file, json.dumps({"t": entry.t, "what": what, **fields}).encode() + b"\n")
        os.fdatasync(self._file)
        self.entries.append(entry)
        return entry

    def of(self, *whats: str, since: float = 0.0, **fields: Any) -> Iterator[Entry]:
        """Entries of these kinds, later than `since`, whose fields have these values."""
        begin = bisect.bisect_right(self.entries, since, key=lambda entry: entry.t)
        for entry in itertools.islice(self.entries, begin, None):
            if entry.what in whats and _has(entry, fields):
                yield entry


def read(path: Path) -> Iterator[Entry]:
    """What the disk says."""
    with path.open() as lines:
        for line in lines:
            fields = json.loads(line)
            yield Entry(fields.pop("t"), fields.pop("what"), fields)


def _has(entry: Entry, fields: dict[str, Any]) -> bool:
    return all(entry.fields.get(name) == value for name, value in fields.items())
