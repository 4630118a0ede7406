"""ASGI WebSocket applications behind a real WebSocket server in the test's own loop, so that a test can look inside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


@asynccontextmanager
async def serve_sockets(application: Any) -> AsyncIterator[str]:
    """Serve on a free port of 127.0.0.1; yields `http://127.0.0.1:port`."""

    async def handler(connection: ServerConnection) -> None:
        await _run(application, connection)

    async with serve(handler, "127.0.0.1", 0, compression=None, max_size=1_048_576, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def _run(application: Any, connection: ServerConnection) -> None:
    assert connection.request is not None
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming.put_nowait({"type": "websocket.connect"})
    reading = asyncio.create_task(_read(connection, incoming))

    async def send(message: dict[str, Any]) -> None:
        try:
            if message["type"] == "websocket.send":
                await connection.send(message["bytes"] if message.get("bytes") is not None else message["text"])
            elif message["type"] == "websocket.close":
                await connection.close(message.get("code", 1000))
        except ConnectionClosed:
            pass

    headers = connection.request.headers.raw_items()
    scope = {
        "type": "websocket",
        "path": connection.request.path,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": list(connection.remote_address[:2]),
        "status": HTTPStatus.SWITCHING_PROTOCOLS,
    }
    try:
        await application(scope, incoming.get, send)
    finally:
        await connection.close()
        await reading


async def _read(connection: ServerConnection, incoming: asyncio.Queue[dict[str, Any]]) -> None:
    try:
        async for data in connection:
            kind = "text" if isinstance(data, str) else "bytes"
            incoming.put_nowait({"type": "websocket.receive", kind: data})
    except ConnectionClosed:
        pass
    incoming.put_nowait({"type": "websocket.disconnect", "code": connection.close_code or 1006})
