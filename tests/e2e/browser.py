"""Chromium as a process of its own, joined over the DevTools protocol.

Playwright's defaults would hide what is tested: they keep every page "visible" and switch the back/forward cache off.
So the browser is started here, and a visitor's tabs live in its own first context, to which no default applies. Members
get contexts of their own (`browser.new_context()`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

from tests.support.chromium import ARGUMENTS, executable
from tests.support.processes import Process

WINDOW: Final = "--window-size=1280,860"
SAME_PRIORITY: Final = "--disable-renderer-backgrounding"
"""A hidden page is hidden, its timers rest, but its process is not starved on a busy machine."""
NO_UDP: Final = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
"""WebRTC finds no UDP path, as behind a firewall that drops UDP."""


@contextmanager
def run_browser(playwright: Playwright, folder: Path, *arguments: str) -> Iterator[Browser]:
    """A Chromium with an empty profile in `folder`, which must not exist yet."""
    folder.mkdir(parents=True)
    told = folder / "DevToolsActivePort"
    own = (WINDOW, SAME_PRIORITY, f"--user-data-dir={folder}", "--remote-debugging-port=0")
    command = [executable(), *ARGUMENTS, *own, *arguments, "about:blank"]
    with Process("chromium", command, log=folder / "chromium.log", ready=lambda: _silent(told)):
        port, path = told.read_text().split()
        browser = playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{port}{path}", no_defaults=True)
        try:
            yield browser
        finally:
            browser.close()


def _silent(told: Path) -> str | None:
    """Chromium writes its port and the path of its socket into its profile when it listens."""
    return None if told.exists() and len(told.read_text().split()) == 2 else "it does not listen yet"
