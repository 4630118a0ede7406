"""Closing a peer connection so that nothing of it runs on."""

import asyncio
from typing import Final

from aiortc import RTCPeerConnection

PACE_SECONDS: Final = 0.05
"""aioice looks every 20 ms whether its checks are over."""


async def close_connection(pc: RTCPeerConnection) -> None:
    """Close it.

    aioice that is closed while it is about to succeed begins its consent checks all the same, and then they never end.
    Closing its connection once more, when it has noticed, ends them.
    """
    checking = pc.iceConnectionState == "checking"
    await pc.close()
    if checking and pc.sctp is not None:
        await asyncio.sleep(PACE_SECONDS)
        await pc.sctp.transport.transport._connection.close()
