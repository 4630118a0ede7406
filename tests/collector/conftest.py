"""The product, a customer's site and a browser, started once for all of these tests."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.collector.site import Site, run_site
from tests.e2e.browser import run_browser
from tests.support.stack import Stack

WATCH = """
  window.told = {start: [], stop: [], link: [], error: []}
  window.sightline ||= function () { (sightline.q ??= []).push(arguments) }
  for (const event of Object.keys(told)) sightline('on', event, (detail) => told[event].push(detail))
  addEventListener('pageshow', (event) => { window.returned = event.persisted })
"""
"""Runs before everything else in each page: keeps what the collector tells."""


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.embedded(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    with run_site() as running:
        yield running


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("browser") / "profile"
    with sync_playwright() as playwright, run_browser(playwright, folder) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one visitor, empty."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def snippet(stack: Stack) -> Callable[[str], str]:
    """The tag, with further attributes."""

    def tag(more: str) -> str:
        return f'<script async src="{stack.url}/collect.js" data-key="demo" {more}></script>'

    return tag


def recorded(page: Page) -> str:
    """Waits until the server knows the page's stream. The recording's id."""
    page.wait_for_function("told.start.length > 0")
    recording: str = page.evaluate("told.start.at(-1).recording")
    return recording
