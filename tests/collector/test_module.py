"""The collector as an ES module."""

from playwright.sync_api import BrowserContext, Page

from tests.collector.conftest import recorded
from tests.collector.site import Site
from tests.support.stack import Stack

BEGIN = """async (url) => {
  const { default: sightline, sightline: named } = await import(url)
  if (sightline !== named) throw new Error('two of them')
  sightline.on('start', (detail) => told.start.push(detail))
  sightline.init({ key: 'demo' })
}"""
CALM = "new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))"


def open_page(visitor: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """And the sockets that it opens."""
    page = visitor.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url.rpartition("/")[2]))
    page.goto(address)
    return page, sockets


def test_a_page_imports_it_and_is_recorded_once(visitor: BrowserContext, stack: Stack, site: Site) -> None:
    page, sockets = open_page(visitor, site.add("/module", snippet=""))
    page.evaluate("delete window.sightline")
    page.evaluate(BEGIN, f"{stack.url}/sightline.mjs")
    recorded(page)
    page.evaluate(BEGIN, f"{stack.url}/sightline.mjs?again")
    page.evaluate(CALM)
    assert sockets.count("signal") == 1


def test_a_page_that_is_switched_off_stays_so(visitor: BrowserContext, stack: Stack, site: Site) -> None:
    off = '<meta name="sightline" content="off">'
    page, sockets = open_page(visitor, site.add("/module-off", snippet="", head=off))
    page.evaluate(BEGIN, f"{stack.url}/sightline.mjs")
    page.evaluate(CALM)
    assert sockets == []
