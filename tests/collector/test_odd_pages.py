"""Pages that make it hard: strict policies, names that hide the browser's own, functions that are replaced as well."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.collector.conftest import recorded
from tests.collector.site import Site
from tests.eventually import eventually_sync
from tests.support.stack import Stack

Snippet = Callable[[str], str]

CALM = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
TRUSTED = """<meta http-equiv="Content-Security-Policy" content="require-trusted-types-for 'script'">"""
FORBIDDEN = """<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">"""


def open_page(visitor: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """And the errors that reach it."""
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    return page, errors


def stored(stack: Stack, recording: str, streams: int = 1) -> list[dict[str, Any]]:
    """The recording's events once so many streams have ended."""
    events: list[dict[str, Any]] = []

    def missing() -> str | None:
        events[:] = map(json.loads, stack.api("GET", f"recordings/{recording}/events").text.splitlines())
        ends = sum(event["kind"] == "end" for event in events)
        return None if ends >= streams else f"{ends} of {streams} streams have ended"

    eventually_sync(missing, timeout=20)
    return events


def test_a_page_that_takes_trusted_types_only(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    page, errors = open_page(visitor, site.add("/trusted", snippet=snippet(""), head=TRUSTED))
    eventually_sync(lambda: None if page.evaluate("told.start.length") else "not recorded", timeout=20)
    assert errors == []


def test_a_page_that_forbids_the_way_to_the_server(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    page, errors = open_page(visitor, site.add("/forbidden", snippet=snippet(""), head=FORBIDDEN))
    eventually_sync(lambda: None if page.evaluate("told.stop.length") else "it goes on", timeout=20)
    assert page.evaluate("told.stop") == [{"reason": "forbidden"}]
    assert "connect-src" in page.evaluate("told.error.map(({error}) => error.message).join()")
    assert errors == []


def test_names_that_hide_the_browsers_own(visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet) -> None:
    body = """<img name=title><img name=referrer><form id=f><input name=elements value=was><input name=x></form>"""
    stub = "<script>window.fetch = () => undefined</script>"
    page, errors = open_page(visitor, site.add("/hidden", snippet=snippet(""), head=stub, body=body))
    recording = recorded(page)
    assert page.evaluate("fetch('/x')") is None
    page.evaluate("document.querySelector('[name=x]').value = 'typed'; document.querySelector('#f').reset()")
    page.evaluate(CALM)
    page.goto(site.add("/hidden-next", snippet=snippet("")))
    assert recorded(page) == recording
    page.evaluate("sightline.stop()")
    titles = {event["data"]["title"] for event in stored(stack, recording) if event["kind"] == "page"}
    assert titles == {"A page"}
    assert errors == []


PATCH = """() => {
  const { insertRule } = CSSStyleSheet.prototype
  CSSStyleSheet.prototype.insertRule = function mine(...args) { return insertRule.apply(this, args) }
  const { fetch } = window
  window.fetch = function mine(...args) { return fetch.apply(this, args) }
}"""
NAMES = "[CSSStyleSheet.prototype.insertRule.name, fetch.name, customElements.define.name, history.pushState.name]"


def test_what_the_page_laid_over_ours_stays(
    visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet
) -> None:
    page, errors = open_page(visitor, site.add("/laid", snippet=snippet(""), head="<style id=s></style>"))
    recording = recorded(page)
    page.evaluate(PATCH)
    page.evaluate("sightline.stop()")
    assert page.evaluate(NAMES) == ["mine", "mine", "define", "pushState"]
    page.evaluate("sightline.start()")
    page.wait_for_function("told.start.length === 2")
    page.evaluate("document.querySelector('#s').sheet.insertRule('b { color: red }')")
    page.evaluate("sightline.stop()")
    rules = [event for event in stored(stack, recording, 2) if "b { color: red }" in json.dumps(event)]
    assert len(rules) == 1
    assert errors == []


def test_a_page_that_looks_finds_its_own(visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet) -> None:
    page, _ = open_page(visitor, site.add("/looks", snippet=snippet("")))
    recording = recorded(page)
    looks = "[String(fetch), 'prototype' in fetch, 'prototype' in console.log, Object.keys(history).length]"
    assert page.evaluate(looks) == ["function () { [native code] }", False, False, 0]
    page.add_script_tag(content="function called() { console.log('here') }\ncalled()\n//# sourceURL=called.js")
    page.evaluate("sightline.stop()")
    lines = [event["data"] for event in stored(stack, recording) if event["kind"] == "console"]
    assert [line["args"] for line in lines] == [["here"]]
    assert lines[0]["stack"].splitlines()[0].strip().startswith("at called (")


def test_stop_loses_nothing_in_a_page_that_stays(
    visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet
) -> None:
    page, _ = open_page(visitor, site.add("/stop", snippet=snippet("")))
    recording = recorded(page)
    page.wait_for_function("told.link.some(({kind}) => kind === 'rtc')")
    page.evaluate(
        """() => {
          const bytes = () => crypto.getRandomValues(new Uint8Array(7000))
          const noise = () => String.fromCharCode(...bytes().map((n) => 33 + n % 90))
          for (let n = 0; n < 60; n++) sightline.track('many', { n, noise: noise() })
          sightline.stop()
        }"""
    )
    tracks = [event["data"]["properties"]["n"] for event in stored(stack, recording) if event["kind"] == "track"]
    assert tracks == list(range(60))
