"""The shop's JSON endpoints under /api/, among them some that fail on purpose."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from demo.responses import Response, json_response, problem

STOCK_DELAY = 0.35
"Seconds that the stock endpoint thinks about it, so that a page shows a waiting state."

type ShopApi = Callable[[str, str, bytes], Awaitable[Response]]
type Product = dict[str, Any]


def create_shop_api() -> ShopApi:
    """Return `answer(method, path, body)` for every path under /api/ but /api/hang."""
    listed: list[Product] = json.loads((Path(__file__).parent / "products.json").read_text())
    products = {product["slug"]: product for product in listed}
    order_numbers = itertools.count(10_412)

    async def answer(method: str, path: str, body: bytes) -> Response:
        match path.removeprefix("/api/").split("/"):
            case ["fail"]:
                return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The greenhouse is on fire.")
            case ["order"]:
                return _take_order(method, body, order_numbers)
            case _ if method not in ("GET", "HEAD"):
                return problem(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET works here.", Allow="GET, HEAD")
            case ["products"]:
                return json_response({"products": listed})
            case ["products", slug] if slug in products:
                return json_response(products[slug])
            case ["stock", slug] if slug in products:
                await asyncio.sleep(STOCK_DELAY)
                return json_response({"slug": slug, "in_stock": products[slug]["stock"]})
            case _:
                return problem(HTTPStatus.NOT_FOUND, "Nothing grows here.")

    return answer


def _take_order(method: str, body: bytes, order_numbers: Iterator[int]) -> Response:
    """Accept any JSON object; nothing in it is kept."""
    if method != "POST":
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "Orders are sent with POST.", Allow="POST")
    try:
        order = json.loads(body)
    except (ValueError, RecursionError):
        order = None
    if not isinstance(order, dict):
        return problem(HTTPStatus.BAD_REQUEST, "An order is a JSON object.")
    return json_response({"order": f"FW-{next(order_numbers)}"}, HTTPStatus.CREATED)
