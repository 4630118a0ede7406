"""A bare echo over WebRTC, without anything of Sightline.

The offer comes in as a line of JSON, the answer goes out as one; it ends when its input does. uvloop, as in `runagent`.
"""

import asyncio
import json
import sys

import uvloop
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription


async def serve() -> None:
    loop = asyncio.get_running_loop()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.on("datachannel", _echo)
    offer = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    await pc.setRemoteDescription(RTCSessionDescription(sdp=offer["sdp"], type="offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    print(json.dumps({"type": "answer", "sdp": pc.localDescription.sdp}), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await pc.close()


def _echo(channel: RTCDataChannel) -> None:
    channel.on("message", channel.send)


if __name__ == "__main__":
    asyncio.run(serve(), loop_factory=uvloop.new_event_loop)
