"""Chromium for tests. A visitor gets a process of their own, with the browser's own tabs and profile.

Playwright's defaults would hide what is tested: it keeps every page "visible" and switches the back/forward cache off. So
a visitor's Chromium is started here and joined over the DevTools protocol without those defaults.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.eventually import eventually_sync

CHROMIUM: Final = "/usr/bin/chromium"
QUIET: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,860",
)
LOOPBACK_ICE: Final = "--disable-features=WebRtcHideLocalIpsWithMdns"
"""Host candidates carry addresses: no multicast DNS is at work on loopback."""
NO_UDP: Final = "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"
"""WebRTC finds no UDP path, as behind a firewall that drops UDP."""


@contextmanager
def visitor_browser(playwright: Playwright, profile: Path, *arguments: str) -> Iterator[BrowserContext]:
    """A Chromium of its own; its one context holds real tabs, of which only the front one is visible."""
    profile.mkdir(parents=True)
    command = [
        CHROMIUM,
        *QUIET,
        LOOPBACK_ICE,
        *arguments,
        f"--user-data-dir={profile}",
        "--remote-debugging-port=0",
        "about:blank",
    ]
    with (profile / "chromium.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        browser = playwright.chromium.connect_over_cdp(_address(process, profile), no_defaults=True)
        yield browser.contexts[0]
        browser.close()
    finally:
        process.terminate()
        process.wait(timeout=10)


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """A Chromium for members: its contexts are independent of each other."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, LOOPBACK_ICE, *arguments])


def _address(process: subprocess.Popen[bytes], profile: Path) -> str:
    """Chromium writes the port and the path of its socket into its profile."""
    told = profile / "DevToolsActivePort"

    def missing() -> str | None:
        assert process.poll() is None, f"Chromium ended: {(profile / 'chromium.log').read_text()[-2000:]}"
        return None if told.exists() and len(told.read_text().split()) == 2 else "Chromium does not listen yet"

    eventually_sync(missing)
    port, path = told.read_text().split()
    return f"ws://127.0.0.1:{port}{path}"
