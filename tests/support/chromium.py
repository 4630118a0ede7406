"""The system's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from playwright import async_api, sync_api

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=WebRtcHideLocalIpsWithMdns",  # else aiortc gets names that nobody here resolves
]


def executable() -> str:
    """Its path. In CI a missing one is a failure, elsewhere a skip."""
    if path := shutil.which("chromium") or shutil.which("chromium-browser"):
        return path
    reason = "Chromium is missing: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium(*extra: str) -> Iterator[sync_api.Browser]:
    """A browser without a profile; for tests that are no coroutines."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS, *extra])
        try:
            yield browser
        finally:
            browser.close()


@asynccontextmanager
async def open_chromium(*extra: str) -> AsyncIterator[async_api.Browser]:
    """The same for coroutines."""
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS, *extra])
        try:
            yield browser
        finally:
            await browser.close()
