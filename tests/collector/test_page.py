"""What the collector does to a page, and what it leaves alone, in a real browser against the real server."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.collector.conftest import recorded
from tests.collector.site import Site
from tests.eventually import eventually_sync
from tests.support.stack import Stack

Snippet = Callable[[str], str]

NATIVES = """() => {
  const CSS = ['insertRule', 'deleteRule', 'replace', 'replaceSync', 'addRule', 'removeRule']
  const LOOKED_AT = [
    ['window', window, ['fetch', 'FontFace']],
    ['console', console, ['debug', 'log', 'info', 'warn', 'error']],
    ['XMLHttpRequest', XMLHttpRequest.prototype, ['open', 'send']],
    ['history', history, ['pushState', 'replaceState']],
    ['History', History.prototype, ['pushState', 'replaceState']],
    ['CSSStyleSheet', CSSStyleSheet.prototype, CSS],
    ['CSSGroupingRule', CSSGroupingRule.prototype, ['insertRule', 'deleteRule']],
    ['CSSStyleDeclaration', CSSStyleDeclaration.prototype, ['setProperty', 'removeProperty']],
    ['HTMLInputElement', HTMLInputElement.prototype, ['value', 'checked']],
    ['HTMLSelectElement', HTMLSelectElement.prototype, ['value', 'selectedIndex']],
    ['HTMLTextAreaElement', HTMLTextAreaElement.prototype, ['value']],
    ['HTMLOptionElement', HTMLOptionElement.prototype, ['selected']],
    ['Element', Element.prototype, ['attachShadow']],
    ['customElements', customElements, ['define']],
    ['document', document, ['adoptedStyleSheets']],
  ]
  const found = {}
  for (const [name, object, keys] of LOOKED_AT) {
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(object, key)
      found[name + '.' + key] = property ? property.value ?? property.set : 'none'
    }
  }
  window.before ??= found
  return Object.keys(found).filter((name) => found[name] !== before[name])
}"""
"""Remembers at first, answers afterwards, what was replaced."""

SECRETS = """
  <form>
    <input id=password type=password><input id=card autocomplete=cc-number><input id=plain>
    <textarea id=area></textarea><div id=editable contenteditable></div>
  </form>
  <p data-sl-mask>canary-masked</p><p data-sl-block>canary-blocked</p><div data-sl-ignore><input id=ignored></div>
  <a href="/?token=canary-query" onclick="'canary-handler'">a link</a><!-- canary-comment -->
  <script>'canary-script'</script><input type=hidden value=canary-hidden>
  <p id=late></p><p>shown-text</p>
"""


def events_of(stack: Stack, recording: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stack.api("GET", f"recordings/{recording}/events").text.splitlines()]


def stop(page: Page) -> None:
    page.evaluate("sightline.stop()")


def wait_for_kind(stack: Stack, recording: str, kind: str) -> list[dict[str, Any]]:
    def missing() -> str | None:
        kinds = {event["kind"] for event in events_of(stack, recording)}
        return None if kind in kinds else f"only {sorted(kinds)}"

    eventually_sync(missing, timeout=20)
    return events_of(stack, recording)


def test_stop_puts_every_function_back(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    page = visitor.new_page()
    page.add_init_script(f"({NATIVES})()")
    page.goto(site.add("/natives", snippet=snippet("")))
    recorded(page)
    assert len(page.evaluate(NATIVES)) > 20
    stop(page)
    assert page.evaluate(NATIVES) == []
    page.evaluate("sightline.start()")
    page.wait_for_function("told.start.length === 2")
    assert page.evaluate("told.start[0].recording === told.start[1].recording")


def test_the_pages_own_errors_reach_it(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    page = visitor.new_page()
    page.goto(site.add("/errors", snippet=snippet(""), head="<style>p { color: red }</style>"))
    recorded(page)
    names = page.evaluate(
        """() => [
          () => document.styleSheets[0].insertRule('}}'),
          () => document.styleSheets[0].deleteRule(99),
          () => fetch(),
          () => history.pushState(() => {}, ''),
        ].map(async (call) => { try { await call(); return 'none' } catch (error) { return error.name } })
        .reduce(async (all, one) => [...(await all), await one], [])"""
    )
    assert names == ["SyntaxError", "IndexSizeError", "TypeError", "DataCloneError"]
    assert page.evaluate("told.error") == []


def test_a_page_enters_the_back_forward_cache(
    visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet
) -> None:
    page = visitor.new_page()
    page.goto(site.add("/first", snippet=snippet("")))
    recording = recorded(page)
    page.wait_for_function("told.link.some(({kind}) => kind === 'rtc')")
    page.goto(site.add("/second", snippet=snippet("")))
    assert recorded(page) == recording
    page.evaluate("history.back()")
    page.wait_for_function("window.returned === true && told.start.length === 2")
    stop(page)

    def not_yet() -> str | None:
        causes = [event["data"]["cause"] for event in events_of(stack, recording) if event["kind"] == "page"]
        ends = [event["data"]["reason"] for event in events_of(stack, recording) if event["kind"] == "end"]
        fits = sorted(causes) == ["load", "load", "restore"] and sorted(ends) == ["pagehide", "pagehide", "stopped"]
        return None if fits else f"{causes} {ends}"

    eventually_sync(not_yet, timeout=20)


def test_two_tabs_at_once_are_one_recording(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    address = site.add("/tabs", snippet=snippet(""))
    pages = [visitor.new_page() for _ in range(3)]
    for page in pages:
        page.goto(address, wait_until="commit")
    assert len({recorded(page) for page in pages}) == 1
    assert len({page.evaluate("sessionStorage['sightline.demo.tab']") for page in pages}) == 3


def test_nothing_is_stored_or_connected_before_consent(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    page = visitor.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(site.add("/consent", snippet=snippet('data-consent="required"')))
    page.wait_for_function("typeof sightline.consent === 'function'")
    # Twice idle: what would be begun by itself has been begun.
    page.evaluate("new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))")
    assert sockets == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.evaluate("sightline('consent', true)")
    recorded(page)
    page.evaluate("sightline('consent', false)")
    page.wait_for_function("told.stop.length === 1")


def test_opting_out_is_obeyed(visitor: BrowserContext, site: Site, snippet: Snippet) -> None:
    visitor.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = visitor.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(site.add("/gpc", snippet=snippet("")))
    page.wait_for_function("typeof sightline.start === 'function'")
    page.evaluate("sightline.start()")
    assert sockets == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_server_and_the_switched_off_are_not_recorded(
    visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet
) -> None:
    page = visitor.new_page()
    off = site.add("/off", snippet=snippet(""), head='<meta name="sightline" content="off">')
    for address in (off, f"{stack.url}/accounts/login/"):
        page.goto(address)
        page.add_script_tag(url=f"{stack.url}/collect.js") if address != off else None
        assert page.evaluate("sightline.loader") is None


def test_secrets_and_own_traffic_stay_out(visitor: BrowserContext, stack: Stack, site: Site, snippet: Snippet) -> None:
    page = visitor.new_page()
    page.goto(site.add("/secrets", snippet=snippet(""), body=SECRETS))
    recording = recorded(page)
    for field in ("password", "card", "plain", "area", "ignored", "editable"):
        page.locator(f"#{field}").fill(f"canary-{field}")
    page.evaluate(
        """() => {
          document.querySelector('#password').type = 'text'
          document.querySelector('#late').textContent = 'mail canary.late@example.org'
          console.log({token: 'canary-console'}, 'canary@example.org')
          fetch('/missing?key=canary-fetch#canary-fragment')
          fetch(told.start[0].url, {mode: 'no-cors'})
        }"""
    )
    page.locator("#password").fill("canary-toggled")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    stop(page)
    events = wait_for_kind(stack, recording, "end")
    text = json.dumps(events)
    assert "shown-text" in text
    assert "canary" not in text
    urls = {event["data"]["url"] for event in events if event["kind"] == "request"}
    assert urls == {f"{site.origin}/missing"}


def test_a_page_without_a_server_goes_on(visitor: BrowserContext, site: Site) -> None:
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    nobody = '<script async src="http://127.0.0.1:9/collect.js" data-key="demo"></script>'
    page.goto(site.add("/alone", snippet=nobody, body="<p>here</p>"))
    page.evaluate("sightline('track', 'heard by nobody')")
    assert page.text_content("p") == "here"
    assert errors == []
