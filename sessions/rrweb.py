"""Our events as rrweb's, for the export (`?format=rrweb`). Pure. The viewer's TypeScript does the same.

`dom` events are rrweb's own. Pointer positions and the viewport have a form there; all other kinds become custom
events with our kind as their tag.
"""

from typing import Any, Final

import msgspec

from .wire import kinds
from .wire.events import RawEvent

INCREMENTAL: Final = 3
CUSTOM: Final = 5
"""rrweb's EventType."""
MOUSE_MOVE: Final = 1
VIEWPORT_RESIZE: Final = 4
"""rrweb's IncrementalSource."""


_DECODERS: Final = {name: msgspec.json.Decoder(kinds.KINDS[name]) for name in ("dom", "pointer", "viewport")}


def to_rrweb(event: RawEvent, *, began_at_ms: float) -> dict[str, Any]:
    """`began_at_ms`: the stream's beginning, in ms since 1970. Data that lacks its kind's shape becomes custom too.

    What it answers is for msgspec's JSON encoder: data that came as JSON leaves as it is.
    """
    timestamp = round(began_at_ms + event.at)
    data = _shaped(event)
    match data:
        case kinds.Dom():
            return {"type": data.type, "data": data.data, "timestamp": timestamp}
        case kinds.Pointer():
            position = {"x": data.x, "y": data.y, "id": data.id, "timeOffset": 0}
            return _incremental({"source": MOUSE_MOVE, "positions": [position]}, timestamp)
        case kinds.Viewport():
            size = {"source": VIEWPORT_RESIZE, "width": data.width, "height": data.height}
            return _incremental(size, timestamp)
    return {"type": CUSTOM, "data": {"tag": event.kind, "payload": event.data}, "timestamp": timestamp}


def _shaped(event: RawEvent) -> msgspec.Struct | None:
    decoder = _DECODERS.get(event.name)
    try:
        return decoder.decode(event.data) if decoder else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _incremental(data: dict[str, Any], timestamp: int) -> dict[str, Any]:
    return {"type": INCREMENTAL, "data": data, "timestamp": timestamp}
