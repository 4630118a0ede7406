"""Bounds what of a peer's messages waits in aiortc to become whole.

Credit counts whole frames. aiortc 1.16 says over SCTP how much it has room for (RFC 9260, 3.3.4, a_rwnd) and keeps
whatever comes all the same: a message that never ends, or many behind one that is missing, would grow without bound,
and each fragment makes the next one dearer.
"""

from collections.abc import Callable
from typing import Final

from aiortc.rtcsctptransport import DataChunk, RTCSctpTransport

from sessions.wire.limits import MAX_FRAME_BYTES

SLACK_BYTES: Final = MAX_FRAME_BYTES
"""A peer that obeys sends no more than it was told to; beyond the window it may still ask whether that opened again."""
MAX_WAITING: Final = 2_048
"""Fragments that wait, and numbers remembered behind a missing one. With losses some hundred are usual."""
MAX_STREAMS: Final = 16
"""Streams of an association. Browsers number the few channels that there are from 0 on."""


def bound_inbound(sctp: RTCSctpTransport, on_exceeded: Callable[[], None]) -> None:
    """From now on `on_exceeded` is called for each chunk that goes beyond the bounds, and the chunk is let go."""
    receive = sctp._receive_data_chunk

    async def receive_bounded(chunk: DataChunk) -> None:
        if _has_room(sctp, chunk):
            await receive(chunk)
        else:
            on_exceeded()

    sctp._receive_data_chunk = receive_bounded  # type: ignore[method-assign]  # aiortc has no hook for it


def _has_room(sctp: RTCSctpTransport, chunk: DataChunk) -> bool:
    waiting = sum(len(stream.reassembly) for stream in sctp._inbound_streams.values())
    return (
        chunk.stream_id < MAX_STREAMS
        and waiting < MAX_WAITING
        and len(sctp._sack_misordered) < MAX_WAITING
        and sctp._advertised_rwnd + SLACK_BYTES >= len(chunk.user_data)
    )
