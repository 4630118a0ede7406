"""What must not happen in a member's browser: a script of a stranger runs, a request leaves, a page is left."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Dialog, Frame, Page, Request

MARK = "canary-"
CONTROL: Final = "control.example"
"""The name that a test itself asks for, to see that the listener hears."""
SILENT: Final = "a connection that said nothing"
ERROR_PAGE: Final = "chrome-error://chromewebdata/"
"""What the browser shows where a load was refused."""


class Listener:
    """A server that the names of all payloads lead to; knows what it was asked for."""

    def __init__(self, port: int, asked: list[str]) -> None:
        self.port = port
        self.asked = asked

    @property
    def arguments(self) -> tuple[str, str]:
        """For Chromium: names of payloads lead to the listener, whatever their port; its own errands lead nowhere.

        Pages may ask loopback addresses without the member's leave: else that would keep requests back, not our guards.
        """
        rules = [f"MAP *.example 127.0.0.1:{self.port}", "MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1"]
        features = "WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks"
        return f"--host-resolver-rules={','.join(rules)}", f"--disable-features={features}"


@contextmanager
def listening() -> Iterator[Listener]:
    asked: list[str] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            # Also what is no HTTP (a TLS hello), or says nothing (a preconnect), is a request that left.
            with lock:
                place = len(asked)
                asked.append(SILENT)
            line = self.rfile.readline(65_537)
            if line:
                headers = b"".join(iter(self.rfile.readline, b"\r\n")) if line.endswith(b"HTTP/1.1\r\n") else b""
                asked[place] = (line + headers).decode(errors="replace")[:2_000]
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok")
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="canary")
    thread.start()
    try:
        yield Listener(server.server_address[1], asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Lookout:
    """Watches all pages of a browser context. `alarms` says what happened."""

    def __init__(self, context: BrowserContext, listener: Listener, *allowed: str) -> None:
        self.context = context
        self.listener = listener
        self._alarms: list[str] = []
        self._before = len(listener.asked)
        self._allowed = (*allowed, "about:blank")
        context.on("page", self._opened)
        for page in context.pages:
            self._watch(page)

    @property
    def alarms(self) -> list[str]:
        """Each once, in the order in which they went off."""
        left = [f"request left: {told(asked)}" for asked in self.listener.asked[self._before :] if CONTROL not in asked]
        return list(dict.fromkeys([*self._alarms, *left]))

    def _watch(self, page: Page) -> None:
        page.on("console", lambda said: self._heard(said.text))
        page.on("dialog", self._asked)
        page.on("download", lambda download: self._alarms.append(f"download: {download.url}"))
        page.on("framenavigated", self._navigated)
        page.on("request", self._requested)

    def _opened(self, page: Page) -> None:
        self._alarms.append(f"new page: {page.url}")

    def _asked(self, dialog: Dialog) -> None:
        self._alarms.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _heard(self, text: str) -> None:
        # The browser quotes what it refuses; a payload that runs says its mark and nothing else.
        if text.strip("/ ").startswith(MARK):
            self._alarms.append(f"script ran: {text}")

    def _navigated(self, frame: Frame) -> None:
        if not frame.url.startswith(self._allowed):
            self._alarms.append(f"{'frame' if frame.parent_frame else 'page'} left: {frame.url}")

    def _requested(self, request: Request) -> None:
        """Also a navigation that never arrives, and requests to our own hosts when a payload names them."""
        if not request.url.startswith(self._allowed):
            if request.is_navigation_request():
                self._alarms.append(f"navigation began: {request.url}")
        elif MARK in urlsplit(request.url).path:
            self._alarms.append(f"request: {request.url}")


def told(asked: str) -> str:
    """The first line of a request, and its host."""
    hosts = [line for line in asked.splitlines() if line.lower().startswith("host:")]
    return " ".join([*asked.splitlines()[:1], *hosts])
