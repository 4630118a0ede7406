"""The kinds of events and the shape of their data. All of it was written by a stranger.

`at` and durations are milliseconds, sizes are bytes, coordinates are CSS pixels of the viewport. What may be of
any shape stays JSON when it is decoded (`Raw`): nobody here looks into it, and its objects can take thirty times its
bytes.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

Text = Annotated[str, Meta(max_length=8_192)]
Short = Annotated[str, Meta(max_length=256)]


class Dom(Struct, frozen=True):
    """A change of the page, in rrweb's event model without its timestamp."""

    type: int
    """rrweb's EventType: 2 full snapshot, 3 incremental, 4 meta."""
    data: Raw


class Pointer(Struct, frozen=True):
    """Where the pointer is."""

    x: float
    y: float
    id: int
    """Id of the node below it, -1 if that node is not recorded."""


class Click(Struct, frozen=True):
    x: float
    y: float
    id: int
    name: Short
    """A readable name of the target, masked like the page."""


class Console(Struct, frozen=True):
    level: Literal["debug", "log", "info", "warn", "error"]
    args: list[Text]
    stack: Text


class Failure(Struct, frozen=True):
    """An uncaught error or an unhandled rejection."""

    type: Literal["error", "rejection"]
    message: Text
    source: Text
    line: int
    column: int
    stack: Text


class Request(Struct, frozen=True):
    """A fetch or XHR. Told twice: when it starts (`phase` "start") and when it is over."""

    id: int
    """Unique in the stream; joins the two."""
    phase: Literal["start", "end"]
    initiator: Literal["fetch", "xhr"]
    method: Short
    url: Text
    status: int | UnsetType = UNSET
    """HTTP status; 0 when there was no answer. At the end only, as the fields below."""
    duration: float | UnsetType = UNSET
    size: int | UnsetType = UNSET
    """Bytes of the body, -1 where the browser does not say."""
    outcome: Literal["ok", "failed", "aborted", "timeout"] | UnsetType = UNSET


class Page(Struct, frozen=True):
    """A page or route was entered."""

    cause: Literal["load", "push", "replace", "pop", "hash", "restore"]
    """`restore`: the page came back out of the back/forward cache."""
    url: Text
    title: Text
    referrer: Text


class Visibility(Struct, frozen=True):
    state: Literal["visible", "hidden"]


class Viewport(Struct, frozen=True):
    width: float
    height: float


class Identify(Struct, frozen=True):
    id: Short
    traits: dict[str, Raw]


class Track(Struct, frozen=True):
    """An event that the site's own script tells."""

    name: Short
    properties: dict[str, Raw]


class Shed(Struct, frozen=True):
    """The collector left something out, and says how much of what, and why."""

    what: Short
    count: int
    reason: Literal["backpressure", "too_large", "rate"]


class End(Struct, frozen=True):
    """Last event of a stream."""

    reason: Literal["pagehide", "stopped"]


KINDS: dict[str, type[Struct]] = {
    "dom": Dom,
    "pointer": Pointer,
    "click": Click,
    "console": Console,
    "error": Failure,
    "request": Request,
    "page": Page,
    "visibility": Visibility,
    "viewport": Viewport,
    "identify": Identify,
    "track": Track,
    "shed": Shed,
    "end": End,
}
"""Name on the wire → shape of `Event.data`."""
