"""A stream that a link of this process has open, and the frames that wait for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sessions.models import Link
from sessions.wire.errors import WireError
from sessions.wire.frame import Frame

from .window import AckWindow


@dataclass(eq=False, slots=True, weakref_slot=True)
class OpenStream:
    """What `LogWriter.open` gives a link. Two links may have the same stream open, each with one of its own."""

    stream_id: UUID
    recording_id: UUID
    project_id: UUID
    window: AckWindow
    """Only the writer's thread changes it."""
    on_commit: Callable[[int], None]
    """Called in the writer's thread, with `have`."""
    on_refused: Callable[[WireError], None]
    """Called in the writer's thread, once, when the stream takes nothing more."""
    refused: bool = field(default=False)

    @property
    def have(self) -> int:
        """Everything up to this seq is committed; -1: nothing is."""
        return self.window.have


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame on its way into the log."""

    frame: Frame
    body: bytes
    """The frame as it came, header included."""
    link: Link
