"""A customer's site of a few pages, on an origin of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Site:
    """`pages`: path → HTML. Anything else is a 404."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.pages: dict[str, str] = {}

    def add(self, path: str, *, snippet: str, body: str = "", head: str = "") -> str:
        """The page's address."""
        self.pages[path] = (
            f"<!doctype html><html><head><title>A page</title>{head}{snippet}</head><body>{body}</body></html>"
        )
        return self.origin + path


@contextmanager
def run_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = site.pages.get(self.path.split("?")[0])
            self.send_response(404 if html is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((html or "").encode())

        def log_message(self, *args: Any) -> None:
            """The tests' output is not an access log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://localhost:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, name="site")
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
