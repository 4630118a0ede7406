"""The demo site as a peer sees it: over ASGI."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from typing import Any, cast

import httpx
import pytest
from asgiref.typing import ASGI3Application, ASGIReceiveEvent, ASGISendEvent, Scope

from demo import shop_api
from demo.asgi import BODY_LIMIT, demo_application
from demo.pages import FOLDER

ORIGIN = "http://localhost:8000"
PAGES = ["/", "/search", "/cart", "/p/monstera-deliciosa", "/about.html", "/checkout.html", "/lab.html"]


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> ASGI3Application:
    monkeypatch.setattr(shop_api, "STOCK_DELAY", 0)
    return demo_application(sightline_origin=ORIGIN, key="demo")


@pytest.fixture
async def client(application: ASGI3Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=cast(Any, application))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8001") as client:
        yield client


class Peer:
    """The server's side of one ASGI connection: hands out scripted events, collects what is sent."""

    def __init__(self, events: Iterable[dict[str, Any]] = ()) -> None:
        self.events: asyncio.Queue[ASGIReceiveEvent] = asyncio.Queue()
        self.sent: list[ASGISendEvent] = []
        for event in events:
            self.push(event)

    def push(self, event: dict[str, Any]) -> None:
        self.events.put_nowait(cast(ASGIReceiveEvent, event))

    async def receive(self) -> ASGIReceiveEvent:
        event = await self.events.get()
        self.events.task_done()
        return event

    async def send(self, event: ASGISendEvent) -> None:
        self.sent.append(event)

    async def run(self, application: ASGI3Application, **scope: Any) -> list[ASGISendEvent]:
        complete = {"method": "GET", "path": "/", "raw_path": None, "headers": [], **scope}
        await application(cast(Scope, complete), self.receive, self.send)
        return self.sent


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_carries_the_snippet_once(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    tag = f'<script async src="{ORIGIN}/collect.js" data-key="demo"></script>'
    assert response.text.count(tag) == 1
    assert response.text.count("window.sightline=window.sightline||function(){(sightline.q=sightline.q||[])") == 1
    assert "{{" not in response.text


async def test_the_widget_leaves_recording_to_the_page_around_it(client: httpx.AsyncClient) -> None:
    response = await client.get("/widgets/delivery.html")
    assert response.status_code == 200
    assert "collect.js" not in response.text


async def test_snippet_is_escaped() -> None:
    application = demo_application(sightline_origin='https://a.example/"><b>', key='k"><script>alert(1)</script>')
    sent = await Peer().run(application, type="http")
    body = cast(dict[str, Any], sent[1])["body"].decode()
    assert 'src="https://a.example/&quot;&gt;&lt;b&gt;/collect.js"' in body
    assert 'data-key="k&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in body


@pytest.mark.parametrize(
    "path",
    [
        "/../asgi.py",
        "/%2e%2e/products.json",
        "/js/../../asgi.py",
        "/js/%2e%2e%2f%2e%2e%2fasgi.py",
        "/..%5casgi.py",
        "//etc/passwd",
        "/js/shop.js%00.html",
        "/partials/header.html",
        "/nothing/here",
        "/p/UPPER",
        "/p/a/b",
    ],
)
async def test_what_is_not_of_the_site_is_not_served(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert "<title>Fernway" in response.text


async def test_raw_paths_cannot_leave_the_site(application: ASGI3Application) -> None:
    for path in ["/../asgi.py", "../asgi.py", "/js/../../products.json", "", "/.."]:
        sent = await Peer().run(application, type="http", path=path)
        assert cast(dict[str, Any], sent[0])["status"] == 404


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/js/shop.js", "text/javascript; charset=utf-8"),
        ("/css/base.css", "text/css; charset=utf-8"),
        ("/widgets/delivery.html", "text/html; charset=utf-8"),
    ],
)
async def test_files_have_their_types_and_etags(client: httpx.AsyncClient, path: str, content_type: str) -> None:
    response = await client.get(path)
    assert response.headers["content-type"] == content_type
    assert response.headers["x-content-type-options"] == "nosniff"
    again = await client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_head_has_no_body_and_other_methods_are_refused(client: httpx.AsyncClient) -> None:
    head = await client.head("/about.html")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
    post = await client.post("/about.html")
    assert (post.status_code, post.headers["allow"]) == (405, "GET, HEAD")


async def test_products(client: httpx.AsyncClient) -> None:
    products = (await client.get("/api/products")).json()["products"]
    assert len(products) == 20
    assert len({product["slug"] for product in products}) == 20
    one = await client.get(f"/api/products/{products[0]['slug']}")
    assert one.json() == products[0]
    stock = await client.get(f"/api/stock/{products[0]['slug']}")
    assert stock.json() == {"slug": products[0]["slug"], "in_stock": products[0]["stock"]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/fail", 500),
        ("POST", "/api/fail", 500),
        ("GET", "/api/missing", 404),
        ("GET", "/api/products/oak", 404),
        ("GET", "/api/stock/oak", 404),
        ("GET", "/api/", 404),
        ("DELETE", "/api/products", 405),
        ("GET", "/api/order", 405),
    ],
)
async def test_failures_are_json(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    assert response.json().keys() == {"error", "detail"}


async def test_orders_get_numbers_in_a_row(client: httpx.AsyncClient) -> None:
    numbers = [(await client.post("/api/order", json={"lines": []})).json()["order"] for _ in range(2)]
    assert numbers == ["FW-10412", "FW-10413"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 60_000])
async def test_a_bad_order_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.post("/api/order", content=body)).status_code == 400


async def test_a_large_body_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/order", content=b" " * (BODY_LIMIT + 1))).status_code == 413


async def test_a_body_in_parts_is_put_together(application: ASGI3Application) -> None:
    parts: list[dict[str, Any]] = [
        {"type": "http.request", "body": b'{"a"', "more_body": True},
        {"type": "http.request", "body": b":1}", "more_body": False},
    ]
    sent = await Peer(parts).run(application, type="http", method="POST", path="/api/order")
    assert cast(dict[str, Any], sent[0])["status"] == 201


async def test_a_visitor_who_leaves_while_sending_gets_no_answer(application: ASGI3Application) -> None:
    events: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert await Peer(events).run(application, type="http", method="POST", path="/api/order") == []


async def test_hang_ends_when_the_visitor_leaves(application: ASGI3Application) -> None:
    peer = Peer([{"type": "http.request", "body": b"", "more_body": False}])
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        hanging = group.create_task(peer.run(application, type="http", path="/api/hang"))
        await peer.events.join()
        assert not hanging.done()
        peer.push({"type": "http.disconnect"})
    assert peer.sent == []


async def test_a_websocket_is_closed(application: ASGI3Application) -> None:
    sent = await Peer([{"type": "websocket.connect"}]).run(application, type="websocket")
    assert [event["type"] for event in sent] == ["websocket.close"]


async def test_lifespan_is_answered(application: ASGI3Application) -> None:
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = await Peer(events).run(application, type="lifespan")
    assert [event["type"] for event in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def site_sources() -> str:
    files = [*FOLDER.glob("partials/*.html"), *FOLDER.glob("site/**/*.*")]
    return "\n".join(path.read_text() for path in files)


def test_the_readme_names_elements_that_exist() -> None:
    sources = site_sources()
    named = set(re.findall(r"`#([a-z][a-z0-9-]*)`", (FOLDER / "README.md").read_text()))
    present = set(re.findall(r'\bid="([a-z][a-z0-9-]*)"', sources))
    assert len(named) > 100
    assert named - present == {"size-s", "size-m", "size-l"}, "ids that no page has"
    assert 'id="size-${value}"' in sources


def test_nothing_is_loaded_from_elsewhere() -> None:
    addresses = set(re.findall(r"https?://[^\s'\"`)]+", site_sources()))
    assert addresses == {"http://www.w3.org/2000/svg", "http://127.0.0.1:47111/"}
