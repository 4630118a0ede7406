"""Shapes of the API's answers. Times are ISO 8601 with offset, durations ms. Texts of recordings are hostile."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from replay import display
from sessions.models import Recording, Stream, Visitor

State = Literal["live", "open", "ended"]


class ProblemOut(Schema):
    code: str = Field(description="For programs; does not change.")
    message: str = Field(description="For people.")


class ProjectRef(Schema):
    id: UUID
    name: str


class VisitorOut(Schema):
    id: UUID
    external_id: str = Field(description="What the site calls the visitor (`identify`); empty when it does not.")
    name: str = Field(description="As the dashboard shows it.")
    initials: str
    hue: int = Field(description="Colour of the face, degrees.")
    traits: dict[str, Any]


class Screen(Schema):
    width: int
    height: int


class Counts(Schema):
    """Counted when frames are sealed, so some seconds behind a live recording."""

    pages: int
    clicks: int
    errors: int
    failed_requests: int
    events: int


class Links(Schema):
    """Frames by the link that carried them."""

    rtc: int
    relay: int
    beacon: int


class RecordingOut(Schema):
    id: UUID
    url: str = Field(description="Its page in the dashboard.")
    state: State = Field(description="`live`: the visitor is online; `open`: may still come back; `ended`.")
    project: ProjectRef
    visitor: VisitorOut
    started_at: datetime
    ended_at: datetime | None
    duration_ms: int
    entry_url: str
    title: str
    current_url: str = Field(description="The page that was seen last.")
    current_title: str
    referrer: str
    browser: str
    os: str
    device: str = Field(description="desktop, mobile, tablet or bot.")
    language: str
    timezone: str
    screen: Screen
    policy: str
    counts: Counts


class RecordingDetail(RecordingOut):
    user_agent: str
    stored_bytes: int = Field(description="Of its objects, compressed.")
    streams: int = Field(description="Page loads in all tabs.")
    links: Links


class RecordingsOut(Schema):
    items: list[RecordingOut]
    next_cursor: str | None = Field(description="For the next, older page; null at the end.")


class PlaylistOut(Schema):
    """See docs/protocol.md, "REST that the viewer uses"."""

    recording: dict[str, Any]
    streams: list[dict[str, Any]]
    markers: list[dict[str, Any]]


class WatchOut(Schema):
    token: str = Field(description="For one connection, within 60 s.")
    signal: str = Field(description="Address of the signaling socket.")
    watch: str = Field(description="Address of the socket that carries the tail where WebRTC does not.")


class DeletedOut(Schema):
    recordings: int = Field(description="How many were deleted.")


class Checks(Schema):
    """Each is `ok`, `off` (not configured, or not needed yet) or says what is wrong."""

    database: str
    migrations: str
    objects: str
    redis: str
    log_writer: str = Field(description="Of this process: `ok`, `off`, `retrying`, `stuck` or `stopped`.")
    agents_ready: int


class HealthOut(Schema):
    status: Literal["ok", "degraded", "failed"] = Field(
        description="`degraded`: recording and replay work, something else does not. `failed` comes with status 503."
    )
    version: str | None = Field(default=None, description="Only for members, as `checks`.")
    checks: Checks | None = None


def visitor_out(visitor: Visitor) -> dict[str, Any]:
    name = str(visitor)
    return {
        "id": visitor.pk,
        "external_id": visitor.external_id,
        "name": name,
        "initials": display.initials(name),
        "hue": display.hue(str(visitor.pk)),
        "traits": visitor.traits if isinstance(visitor.traits, dict) else {},
    }


_COPIED = [
    "id",
    "state",
    "started_at",
    "ended_at",
    "duration_ms",
    "entry_url",
    "title",
    "referrer",
    "browser",
    "os",
    "device",
    "language",
    "timezone",
    "policy",
]


def recording_out(recording: Recording, current: Stream | None, *, url: str) -> dict[str, Any]:
    """`current` is the stream that was seen last, if there is one; `url` the recording's page."""
    return {
        **{name: getattr(recording, name) for name in _COPIED},
        "url": url,
        "project": {"id": recording.project_id, "name": recording.project.name},
        "visitor": visitor_out(recording.visitor),
        "current_url": (current and current.url) or recording.entry_url,
        "current_title": (current and current.title) or recording.title,
        "screen": {"width": recording.screen_width, "height": recording.screen_height},
        "counts": {name: getattr(recording, name) for name in Counts.model_fields},
    }
