"""The shop's files: read once, kept in memory, looked up by exact URL path.

No request path ever reaches the file system, so there is nothing to traverse.
"""

import hashlib
import html
import re
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from demo.responses import HTML_TYPE, Response

FOLDER = Path(__file__).parent
CONTENT_TYPES = {
    ".html": HTML_TYPE,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}")
SHOP_ROUTE = re.compile(r"/(?:search|cart|p/[a-z0-9-]+)?")
QUEUE_STUB = "window.sightline=window.sightline||function(){(sightline.q=sightline.q||[]).push(arguments)}"

type Pages = dict[str, Response]


def snippet(*, sightline_origin: str, key: str) -> str:
    """The two script tags that a customer pastes into the head of a page."""
    source = html.escape(f"{sightline_origin.rstrip('/')}/collect.js")
    return f'<script>{QUEUE_STUB}</script>\n<script async src="{source}" data-key="{html.escape(key)}"></script>'


def load_pages(*, sightline_origin: str, key: str) -> Pages:
    """Read the site. Keys are URL paths; an unknown placeholder or file type fails here, at the start."""
    values = {path.stem: path.read_text().strip() for path in (FOLDER / "partials").glob("*.html")}
    values["snippet"] = snippet(sightline_origin=sightline_origin, key=key)
    site = FOLDER / "site"
    return {
        f"/{path.relative_to(site).as_posix()}": _read_page(path, values)
        for path in sorted(site.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def find_page(pages: Pages, path: str) -> Response:
    """The file at a path, the shop's own page for its routes, or that page as a 404."""
    if page := pages.get(path):
        return page
    shop = pages["/index.html"]
    return shop if SHOP_ROUTE.fullmatch(path) else replace(shop, status=HTTPStatus.NOT_FOUND)


def _read_page(path: Path, values: dict[str, str]) -> Response:
    body = path.read_bytes()
    if path.suffix == ".html":
        body = PLACEHOLDER.sub(lambda found: values[found[1]], body.decode()).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Response(body, CONTENT_TYPES[path.suffix], headers={"ETag": etag})
