"""A visit to the demo shop, scene by scene. Each scene ends in a moment at which page and replay must show the same.

The last thing of a moment is a custom event with its name, so that the recording says when it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.dump import Dump, dump_page
from tests.eventually import eventually_sync

QUIET_MS: Final = 300
"""A page is still when it has neither changed nor scrolled for so long; recorders hold scrolls back up to 100 ms."""

STILL_FOR: Final = """() => {
  if (!window.stillSince) {
    const again = () => { window.stillSince = performance.now() }
    again()
    const everything = { subtree: true, childList: true, attributes: true, characterData: true }
    new MutationObserver(again).observe(document, everything)
    addEventListener('scroll', again, true)
  }
  return performance.now() - window.stillSince
}"""
"""Since when the page is still, in ms."""


PROBE: Final = """(() => {
  const probe = (window.probe = { opened: [], acks: [] })
  if (!window.RTCPeerConnection) return
  const { createDataChannel } = RTCPeerConnection.prototype
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = createDataChannel.call(this, label, options)
    if (label === 'frames') channel.addEventListener('open', () => probe.opened.push(performance.now()))
    channel.addEventListener('message', ({ data }) => {
      if (typeof data === 'string' && data.includes('"ack"')) probe.acks.push(JSON.parse(data).seq)
    })
    return channel
  }
})()"""
"""What the browser itself saw: when the channel for frames opened, and each ack that came over WebRTC."""


@dataclass(frozen=True, slots=True)
class Moment:
    name: str
    page: Page
    dump: Dump
    now: float
    """The page's clock (`performance.now()`) at the custom event."""
    opened: list[float]
    """When channels for frames opened in this page, on the same clock."""


class Visit:
    """A visitor with one window. `first` and `second` are its tabs."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context = context
        self.site = site
        self.first = context.pages[0]
        self.second: Page | None = None
        self.restored = False
        """Whether the return came out of the back/forward cache."""
        context.add_init_script(PROBE)

    def moments(self, scenes: int | None = None) -> Iterator[Moment]:
        """Play the scenes, or the first of them; at each yield the page stands still."""
        for name, scene in list(SCENES.items())[:scenes]:
            page = scene(self)
            stand_still(page)
            dump = dump_page(page)
            now, opened = page.evaluate(
                """(name) => {
                  sightline('track', 'moment', { name })
                  return [performance.now(), probe.opened]
                }""",
                name,
            )
            breathe(page)
            yield Moment(name, page, dump, now, opened)

    def end(self) -> None:
        """Leave all pages, the way a visitor does."""
        for page in list(self.context.pages)[1:]:
            page.close(run_before_unload=True)
        self.first.goto("about:blank")


def stand_still(page: Page) -> None:
    become(page, "!document.querySelector('#toast.shown')")
    page.evaluate("() => { delete window.stillSince }")
    eventually_sync(lambda: None if page.evaluate(STILL_FOR) >= QUIET_MS else f"{page.url} goes on changing")


def breathe(page: Page) -> None:
    """Let time pass in the page, so that what comes next happens later than what was."""
    before = page.evaluate("performance.now()")
    eventually_sync(lambda: None if page.evaluate("performance.now()") > before + 40 else "no time has passed")


def become(page: Page, condition: str) -> None:
    """Wait until the expression is true in the page. Asked from here: in a hidden page timers and frames rest."""
    eventually_sync(lambda: None if page.evaluate(condition) else f"not yet in {page.url}: {condition}")


def open_catalogue(visit: Visit) -> Page:
    page = visit.first
    page.goto(visit.site)
    expect(page.locator(".card")).to_have_count(20)
    page.click("#nav-plants")
    page.select_option("#sort", "cheap")
    page.check("#in-stock")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 500)
    become(page, "scrollY > 0")
    return page


def search(visit: Visit) -> Page:
    page = visit.first
    page.click("#search")
    page.keyboard.type("fern", delay=20)
    expect(page.locator("#list-title")).to_contain_text("fern")
    page.hover(".card h3 a")
    return page


def choose_product(visit: Visit) -> Page:
    page = visit.first
    page.goto(f"{visit.site}/p/monstera-deliciosa")
    expect(page.locator("#stock")).to_have_attribute("data-state", "in")
    page.check("#size-l")
    page.click("#quantity-more")
    page.click("#add-to-cart")
    page.click("#details-delivery summary")
    page.click("#rate [data-star='4']")
    frame = page.frame_locator("#delivery-frame")
    frame.locator("#delivery-postcode").fill("10115")
    frame.locator("#delivery-size").select_option("3")
    frame.locator("#delivery-calculate").click()
    expect(frame.locator("#delivery-result")).to_contain_text("Arrives on")
    page.click("#grow")
    return page


def ask_question(visit: Visit) -> Page:
    page = visit.first
    page.click("#ask-question")
    page.fill("#question-email", "rowan@example.org")
    page.locator("#question-text").press_sequentially("Does it like a north window?")
    return page


def change_cart(visit: Visit) -> Page:
    page = visit.first
    page.click("#question-cancel")
    page.click("#cart-link")
    page.click("[data-testid=more-monstera-deliciosa]")
    page.click("#gift-note")
    page.keyboard.type("For Rowan, with love")
    expect(page.locator("#gift-note")).to_have_text("For Rowan, with love")
    return page


def fill_checkout(visit: Visit) -> Page:
    page = visit.first
    page.click("#checkout-link")
    expect(page.locator("#summary li")).to_have_count(1)
    fields = {
        "name": "Rowan Alder",
        "email": "rowan@example.org",
        "phone": "030 1234567",
        "address": "Orchard Lane 12",
        "postcode": "10115",
        "city": "Berlin",
        "note": "Behind the shed,\nplease.",
        "card-number": "4242424242424242",
        "card-expiry": "12 / 30",
        "cvv": "123",
    }
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.select_option("#country", "IE")
    page.check("#delivery-express")
    page.check("#create-account")
    page.fill("#password", "moss and fern")
    page.check("#terms")
    page.fill("#discount", "SPRING")
    return page


def order(visit: Visit) -> Page:
    page = visit.first
    page.click("#place-order")
    expect(page.locator("#order-number")).to_contain_text("FW-")
    return page


def use_lab(visit: Visit) -> Page:
    page = visit.first
    page.click("#footer-lab")
    expect(page.locator("#list-count")).to_have_text("100")
    page.locator("#list-scroller").evaluate("(scroller) => { scroller.scrollTop = 3600 }")
    expect(page.locator("#list-count")).to_have_text("200")
    page.click("#list-shuffle")
    for button in ("rule-insert", "rule-insert", "rule-change", "rule-insert", "rule-delete", "sheet-adopt"):
        page.click(f"#{button}")
    page.click("#shadow-rate [data-star='5']")
    page.click("#editable b")
    page.keyboard.type(" soon")
    page.fill("#ignored-input", "Unseen words")
    page.locator("#masked-text").evaluate("(text) => { text.textContent = 'Customer 48214, by script' }")
    page.evaluate(
        "() => { document.querySelector('.intro').append(' Mail rowan@example.org or call +49 30 12345678.') }"
    )
    return page


def break_things(visit: Visit) -> Page:
    page = visit.first
    for button in ("throw-error", "reject-error", "fetch-ok", "fetch-500", "fetch-refused", "xhr-404", "console-warn"):
        page.click(f"#{button}")
    expect(page.locator("#network-log li")).to_have_count(4)
    page.click("#churn")
    become(page, "document.querySelector('#churn-place').childElementCount === 0")
    page.click("#dialog-open")
    page.fill("#dialog-name", "Fernando")
    page.click("#dialog-save")
    expect(page.locator("#dialog-result")).to_contain_text("Fernando")
    return page


def open_second_tab(visit: Visit) -> Page:
    with visit.context.expect_page() as opened:
        visit.first.click("#second-tab")
    page = visit.second = opened.value
    page.wait_for_load_state()
    page.click("#faq-pets summary")
    page.click("#faq-winter summary")
    page.mouse.wheel(0, 200)
    return page


def change_hidden_tab(visit: Visit) -> Page:
    page = visit.first
    assert page.evaluate("document.visibilityState") == "hidden"
    page.evaluate(
        "() => { for (const id of ['sheet-adopt', 'rule-insert', 'fetch-ok']) document.getElementById(id).click() }"
    )
    become(page, "document.querySelectorAll('#network-log li').length === 5")
    return page


def come_back(visit: Visit) -> Page:
    page = visit.first
    page.bring_to_front()
    page.evaluate("() => addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted })")
    page.click("#nav-about")
    expect(page.locator("#faq")).to_be_visible()
    page.go_back(wait_until="commit")
    expect(page.locator("#list-count")).to_have_text("200")
    visit.restored = page.evaluate("window.persisted") is True
    page.click("#rule-change")
    page.click("#lab-details summary")
    return page


def return_to_second_tab(visit: Visit) -> Page:
    page = visit.second
    assert page is not None
    page.bring_to_front()
    page.click("#faq-repair summary")
    return page


SCENES: Final[dict[str, Callable[[Visit], Page]]] = {
    "the catalogue, filtered and scrolled": open_catalogue,
    "a search while typing": search,
    "a product with frame, fold and shadow root": choose_product,
    "a modal dialog": ask_question,
    "the cart and a note": change_cart,
    "a form with card and password": fill_checkout,
    "an order": order,
    "a long list, rules and adopted sheets": use_lab,
    "errors, failed requests, thousands of nodes": break_things,
    "a second tab": open_second_tab,
    "a change in the hidden tab": change_hidden_tab,
    "a return through the back/forward cache": come_back,
    "the second tab again": return_to_second_tab,
}
