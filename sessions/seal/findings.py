"""What is worth finding among a segment's events: markers, counts, who the visitor is. Pure.

Event data was written by a stranger: what does not have its kind's shape, or is larger than that can be, finds nothing.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from sessions.models import Marker
from sessions.text import clean
from sessions.traits import Traits, clean_traits, merged
from sessions.wire import kinds
from sessions.wire.events import RawEvent

MAX_MARKERS: Final = 2_000
"""Of one segment. Counts go on."""
LABEL_CHARS: Final = 512
MAX_DATA_BYTES: Final = 262_144
"""Of an event that is decoded; three texts of 8,192 characters fit however they are escaped. Snapshots are let be."""
_DECODERS: Final = {
    name: msgspec.json.Decoder(kinds.KINDS[name])
    for name in ("dom", "page", "click", "error", "request", "track", "identify")
}


@dataclass(slots=True)
class Findings:
    events: int = 0
    pages: int = 0
    """Routes entered within the page load."""
    clicks: int = 0
    errors: int = 0
    failed_requests: int = 0
    snapshot_at: int | None = None
    external_id: str = ""
    traits: Traits = field(default_factory=dict)
    markers: list[tuple[int, Marker.Kind, str]] = field(default_factory=list)
    """`at`, kind, label."""

    def add(self, event: RawEvent) -> None:
        self.events += 1
        kind = event.name
        decoder = _DECODERS.get(kind)
        if decoder is None or (kind != "dom" and len(event.data) > MAX_DATA_BYTES):
            return
        try:
            data = decoder.decode(event.data)
        except (msgspec.DecodeError, RecursionError):
            return
        self._look_at(int(event.at), data)

    def _look_at(self, at: int, data: msgspec.Struct) -> None:
        match data:
            case kinds.Dom(type=2) if self.snapshot_at is None:  # a full snapshot, in rrweb's EventType
                self.snapshot_at = at
            case kinds.Page():
                # Loads were counted when their stream was opened, so that lists know of them at once.
                self.pages += data.cause not in ("load", "restore")
                self._mark(at, Marker.Kind.PAGE, data.url)
            case kinds.Click():
                self.clicks += 1
                self._mark(at, Marker.Kind.CLICK, data.name)
            case kinds.Failure():
                self.errors += 1
                self._mark(at, Marker.Kind.ERROR, data.message)
            case kinds.Request() if has_failed(data):
                self.failed_requests += 1
                self._mark(at, Marker.Kind.FAILED_REQUEST, _request_label(data))
            case kinds.Track():
                self._mark(at, Marker.Kind.CUSTOM, data.name)
            case kinds.Identify():
                self.external_id = clean(data.id, 256)
                self.traits = merged(self.traits, clean_traits(data.traits))

    def _mark(self, at: int, kind: Marker.Kind, label: str) -> None:
        if len(self.markers) < MAX_MARKERS:
            self.markers.append((at, kind, clean(label, LABEL_CHARS)))


def has_failed(request: kinds.Request) -> bool:
    """Over, and without an answer or with one of 400 and above. What the page itself aborted has not failed."""
    if request.phase != "end" or request.outcome == "aborted":
        return False
    status = request.status if isinstance(request.status, int) else 0
    return request.outcome in ("failed", "timeout") or status >= 400


def _request_label(request: kinds.Request) -> str:
    answer = request.status if isinstance(request.status, int) and request.status else request.outcome
    return f"{answer} {request.method} {request.url}"
