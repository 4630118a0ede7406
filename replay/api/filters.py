"""The query parameters of `GET recordings`."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime, StringConstraints

from sessions.selectors import RecordingFilters

Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]
"""In the years in which databases and time zones can calculate."""
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


class ListQuery(Schema):
    """All that are given must hold."""

    live: bool | None = Field(None, description="Only those whose visitor is online, or only the others.")
    state: Literal["", "live", "open", "ended"] = ""
    project: UUID | None = None
    visitor: UUID | None = None
    external_id: Text = Field("", description="What the site calls the visitor.")
    q: Text = Field("", description="Occurs in title, address, the visitor's id, or a marker.")
    url: Text = Field("", description="Occurs in the address of a page of the visit.")
    browser: Text = Field("", description="Begins so: `Chrome` finds `Chrome 156`.")
    os: Text = Field("", description="Begins so.")
    device: Literal["", "desktop", "mobile", "tablet", "bot"] = ""
    has_errors: bool | None = None
    has_failed_requests: bool | None = None
    min_duration_ms: int | None = Field(None, ge=0, le=2**53)
    since: Moment | None = Field(None, description="Started then or later.")
    until: Moment | None = Field(None, description="Started before then.")
    cursor: Text = Field("", description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=200)

    def filters(self) -> RecordingFilters:
        return RecordingFilters(**self.model_dump(exclude={"cursor", "limit"}))


class FramesQuery(Schema):
    stream: UUID
    first: int = Field(alias="from", ge=0, le=2**32 - 1, description="First seq wanted.")
    last: int | None = Field(None, alias="to", ge=0, le=2**32 - 1, description="Last seq wanted; may be left out.")


class EventsQuery(Schema):
    format: Literal["sightline", "rrweb"] = "sightline"
    stream: UUID | None = Field(None, description="Only this page load. With `rrweb` needed where there are several.")
