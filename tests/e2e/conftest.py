"""Browsers for the end-to-end tests. Everything here is synchronous: Playwright's own loop runs in between.

Playwright is started for each module, not for the session: as long as it runs, no asynchronous test can.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.browser import run_browser


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium for members and for single pages: `browser.new_context()` for each."""
    with run_browser(driver, tmp_path_factory.mktemp("browser") / "profile") as browser:
        yield browser
