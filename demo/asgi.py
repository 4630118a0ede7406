"""The demo site as a bare ASGI application, small enough to run beside everything else in one process."""

from http import HTTPStatus

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPScope,
    Scope,
)

from demo.pages import Pages, find_page, load_pages
from demo.responses import Response, problem, text_response
from demo.shop_api import ShopApi, create_shop_api

BODY_LIMIT = 64 * 1024
"Bytes of a request's body; more is answered with 413."


class ClientGoneError(Exception):
    """The browser went away before its request was complete."""


class BodyTooLargeError(Exception):
    """The request's body is larger than BODY_LIMIT."""


def demo_application(*, sightline_origin: str, key: str) -> ASGI3Application:
    """Build the shop, with the snippet of the project `key` at `sightline_origin` on each page.

    Reads all files now; requests touch neither the disk nor anything that could block the loop.
    """
    pages = load_pages(sightline_origin=sightline_origin, key=key)
    shop_api = create_shop_api()

    async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http":
            await _serve(scope, receive, send, pages, shop_api)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000, "reason": "The shop has no WebSockets."})
        else:
            await _live(receive, send)

    return application


async def _serve(
    scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable, pages: Pages, shop_api: ShopApi
) -> None:
    method, path = scope["method"], scope["path"]
    try:
        if path == "/api/hang":
            await _wait_for_disconnect(receive)
            return
        if path.startswith("/api/"):
            response = await shop_api(method, path, await _read_body(receive))
        else:
            response = _page_response(scope, pages)
    except ClientGoneError:
        return
    except BodyTooLargeError:
        response = problem(HTTPStatus.CONTENT_TOO_LARGE, f"At most {BODY_LIMIT} bytes, please.")
    await _send(send, response, with_body=method != "HEAD")


def _page_response(scope: HTTPScope, pages: Pages) -> Response:
    if scope["method"] not in ("GET", "HEAD"):
        return text_response("Only GET works here.", HTTPStatus.METHOD_NOT_ALLOWED, Allow="GET, HEAD")
    page = find_page(pages, scope["path"])
    known = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
    if page.status == HTTPStatus.OK and page.headers["ETag"] in known:
        return Response(b"", page.content_type, HTTPStatus.NOT_MODIFIED, page.headers)
    return page


async def _read_body(receive: ASGIReceiveCallable) -> bytes:
    body = b""
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            raise ClientGoneError
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > BODY_LIMIT:
            raise BodyTooLargeError
    return body


async def _wait_for_disconnect(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: ASGISendCallable, response: Response, *, with_body: bool) -> None:
    headers = {
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        **response.headers,
    }
    if response.status == HTTPStatus.NOT_MODIFIED:
        del headers["Content-Length"]
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "trailers": False,
        }
    )
    body = response.body if with_body else b""
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The lifespan protocol: nothing to prepare, nothing to put away."""
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
