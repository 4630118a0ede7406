"""The canonical dump sees each kind of difference that a visitor could see, and only those."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.dump import differences, dump_replay, dump_unmasked

pytestmark = pytest.mark.e2e

DOCUMENT = """<!doctype html>
<html lang="en"><head><title>Fernway</title>
<style id="css">p { color: red } @media (width > 10px) { p { margin: 0 } }
@media (prefers-color-scheme: dark) { p { color: pink } }</style></head>
<body style="height: 3000px">
<p id="text" class="b a" style="color: blue" title="Note">Water on <b>Sunday</b></p>
<div id="scroller" style="height: 50px; overflow: auto"><div style="height: 500px">long</div></div>
<form><input id="name" value="fern"><input type="checkbox" id="tick"><input type="radio" id="one" name="r">
<textarea id="area">soil</textarea><select id="choice"><option>1<option>2</select></form>
<details id="fold"><summary>More</summary>fine print</details><dialog id="dialog">Hello</dialog>
<div id="host"></div><svg id="svg"><path d="M0 0"/></svg>
<iframe id="frame" srcdoc="<p id=inner>inside</p>"></iframe>
</body></html>"""

SHADOW = """() => {
  const root = document.getElementById('host').attachShadow({ mode: 'open' })
  root.innerHTML = '<i id="shade">shade</i>'
  const sheet = new CSSStyleSheet()
  sheet.replaceSync('i { color: green }')
  root.adoptedStyleSheets = [sheet]
}"""

SEEN = {
    "an element more": "document.body.append(document.createElement('hr'))",
    "an element less": "document.querySelector('b').remove()",
    "another order": "document.body.prepend(document.querySelector('#svg'))",
    "another tag": "document.querySelector('b').outerHTML = '<i>Sunday</i>'",
    "an attribute": "document.querySelector('#text').title = 'Other'",
    "an attribute less": "document.querySelector('#text').removeAttribute('title')",
    "a class": "document.querySelector('#text').className = 'a'",
    "an inline style": "document.querySelector('#text').style.color = 'green'",
    "a text": "document.querySelector('b').firstChild.data = 'Monday'",
    "white space in a text": "document.querySelector('b').firstChild.data = 'Sunday '",
    "the title": "document.title = 'Other'",
    "a value": "document.querySelector('#name').value = 'moss'",
    "a tick": "document.querySelector('#tick').checked = true",
    "a radio button": "document.querySelector('#one').checked = true",
    "a text area": "document.querySelector('#area').value = 'sand'",
    "a choice": "document.querySelector('#choice').selectedIndex = 1",
    "an open fold": "document.querySelector('#fold').open = true",
    "a dialog": "document.querySelector('#dialog').show()",
    "a modal dialog": "document.querySelector('#dialog').showModal()",
    "scrolling": "scrollTo(0, 300)",
    "scrolling of an element": "document.querySelector('#scroller').scrollTop = 40",
    "a rule": "document.querySelector('#css').sheet.insertRule('b { top: 0 }', 0)",
    "a declaration": "document.querySelector('#css').sheet.cssRules[0].style.color = 'tan'",
    "a nested rule": "document.querySelector('#css').sheet.cssRules[1].deleteRule(0)",
    "an adopted sheet": "document.adoptedStyleSheets = [new CSSStyleSheet()]",
    "a shadow root": "document.querySelector('#host').shadowRoot.querySelector('i').textContent = 'light'",
    "a shadow root's sheet": "host.shadowRoot.adoptedStyleSheets[0].insertRule('b { top: 0 }')",
    "a frame": "document.querySelector('#frame').contentDocument.querySelector('p').textContent = 'outside'",
    "a frame's scrolling": "const it = frame.contentWindow; it.document.body.style.height = '900px'; it.scrollTo(0, 9)",
    "a drawing": "document.querySelector('path').setAttribute('d', 'M1 1')",
    "a namespace": "document.querySelector('#svg').outerHTML = '<svg-like id=svg><path d=\"M0 0\"></path></svg-like>'",
}

ALIKE = {
    "a script": "document.head.append(document.createElement('script'))",
    "a comment": "document.body.prepend(document.createComment('x'))",
    "a handler": "document.querySelector('#text').setAttribute('onclick', 'x()')",
    "a URL": "document.querySelector('#frame').setAttribute('src', 'about:blank#1')",
    "an attribute that a property overrides": "tick.setAttribute('checked', ''); tick.checked = false",
    "order of classes": "document.querySelector('#text').className = 'a b'",
    "the viewer's hover": "document.querySelector('#text').classList.add(':hover')",
    "dark, replayed": "css.textContent = css.textContent.replace('prefers-color-scheme: dark', 'max-width: 0px')",
    "split texts": "document.querySelector('b').firstChild.splitText(3)",
}


@pytest.fixture(scope="module")
def paper(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def page(paper: Page) -> Page:
    paper.set_content(DOCUMENT)
    paper.evaluate(SHADOW)
    paper.frame_locator("#frame").locator("#inner").wait_for()
    return paper


@pytest.mark.parametrize("name", SEEN)
def test_a_difference_is_seen(page: Page, name: str) -> None:
    before = dump_unmasked(page)
    assert differences(before, dump_unmasked(page)) is None
    page.evaluate(f"() => {{ {SEEN[name]} }}")
    assert differences(before, dump_unmasked(page)), name


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_normalised_is_no_difference(page: Page, name: str) -> None:
    before = dump_unmasked(page)
    page.evaluate(f"() => {{ {ALIKE[name]} }}")
    assert differences(before, dump_unmasked(page)) is None


def test_a_frame_is_dumped_as_the_page_in_it(page: Page) -> None:
    inner = dump_replay(page.main_frame, "#frame")
    assert inner is not None
    assert inner["children"][0]["children"][1]["children"][0]["children"] == ["inside"]
    assert dump_replay(page.main_frame, "#missing") is None


def test_a_difference_says_where_it_is() -> None:
    page = {"tag": "div", "attributes": {"id": "a"}, "children": [{"tag": "b", "attributes": {}, "children": ["x"]}]}
    replay = {"tag": "div", "attributes": {"id": "a"}, "children": [{"tag": "b", "attributes": {}, "children": ["y"]}]}
    assert differences([page], [replay]) == " > div#a[0] > b[0] > text[0]: page 'x', replay 'y'"
