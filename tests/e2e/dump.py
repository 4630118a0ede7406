"""Canonical dumps of documents (dump.js), and the differences between two of them in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Frame, Page

SCRIPT: Final = (Path(__file__).parent / "dump.js").read_text()
SHOWN: Final = 240
"""Characters of a value that a difference quotes."""

type Dump = dict[str, Any]


def dump_page(page: Page) -> Dump:
    """What the visitor's page shows, masked by the policy `balanced`."""
    dump = _dump(page, mask=True)
    assert dump is not None
    return dump


def dump_replay(stage: Frame, frame: str = "iframe") -> Dump | None:
    """What stands in the stage's sandboxed frame, or None where nothing stands yet."""
    return _dump(stage, mask=False, frame=frame)


def dump_unmasked(page: Page) -> Dump:
    """What any page shows."""
    dump = _dump(page, mask=False)
    assert dump is not None
    return dump


def _dump(where: Page | Frame, **options: object) -> Dump | None:
    # As one text: Playwright takes seconds to hand over thousands of objects.
    dump: Dump | None = json.loads(where.evaluate(SCRIPT, options))
    return dump


def differences(page: Any, replay: Any, *, limit: int = 12) -> str | None:
    """None when both are equal, else one line for each of the first differences: where, in the page, in the replay."""
    found: list[str] = []
    for line in _compare(page, replay, ""):
        found.append(line)
        if len(found) == limit:
            found.append("… and perhaps more")
            break
    return "\n".join(found) or None


def _compare(page: Any, replay: Any, where: str) -> Iterator[str]:
    if isinstance(page, dict) and isinstance(replay, dict):
        yield from _compare_dicts(page, replay, where)
    elif isinstance(page, list) and isinstance(replay, list):
        yield from _compare_lists(page, replay, where)
    elif page != replay:
        yield f"{where or '(root)'}: page {_quote(page)}, replay {_quote(replay)}"


def _compare_dicts(page: Dump, replay: Dump, where: str) -> Iterator[str]:
    if page.get("tag") != replay.get("tag"):
        yield f"{where}: page {_name(page)}, replay {_name(replay)}"
        return
    for key in dict.fromkeys([*page, *replay]):
        inner = where if key == "children" else f"{where} .{key}"
        yield from _compare(page.get(key), replay.get(key), inner)


def _compare_lists(page: list[Any], replay: list[Any], where: str) -> Iterator[str]:
    for index, (one, other) in enumerate(zip(page, replay, strict=False)):
        yield from _compare(one, other, f"{where} > {_name(one)}[{index}]")
    for index in range(len(replay), len(page)):
        yield f"{where}[{index}]: only in the page: {_quote(page[index])}"
    for index in range(len(page), len(replay)):
        yield f"{where}[{index}]: only in the replay: {_quote(replay[index])}"


def _name(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if not isinstance(value, dict):
        return repr(value)
    attributes = value.get("attributes", {})
    identity = f"#{attributes['id']}" if "id" in attributes else ""
    return f"{value.get('tag', value.get('rule', ''))}{identity}"


def _quote(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
