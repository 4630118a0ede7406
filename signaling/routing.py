"""Which ASGI application serves which connection."""

from collections.abc import Awaitable, Callable
from typing import Any

from . import relay
from .consumers import SignalConsumer

type Application = Callable[[Any, Any, Any], Awaitable[None]]

SOCKETS: dict[str, Application] = {
    "/ws/signal": SignalConsumer.as_asgi(),
    "/ws/relay": relay.collector_app,
    "/ws/watch": relay.viewer_app,
}


def route(http: Application) -> Application:
    """One application: WebSockets by their exact path, everything else to `http`."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        app = http if scope["type"] == "http" else SOCKETS.get(scope["path"], _unknown)
        await app(scope, receive, send)

    return application


async def _unknown(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4404})
