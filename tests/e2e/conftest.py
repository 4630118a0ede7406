"""Browsers for the end-to-end tests. Everything here is synchronous: Playwright's own loop runs in between.

Playwright is started for each module, not for the session: as long as it runs, no asynchronous test can.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.e2e.browser import launch


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(driver: Playwright) -> Iterator[Browser]:
    """A Chromium for members and for single pages."""
    browser = launch(driver)
    yield browser
    browser.close()


@pytest.fixture
def blank(chromium: Browser) -> Iterator[Page]:
    """An empty page in a context of its own."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()
