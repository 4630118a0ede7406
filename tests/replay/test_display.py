"""How values are shown."""

from datetime import UTC, datetime, timedelta

import pytest

from replay import display
from replay.icons import ICONS
from replay.templatetags.sightline import ticks

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_600_000, "1:00:00"), (-5, "0:00")]
)
def test_clock(ms: int, text: str) -> None:
    assert display.clock(ms) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "just now"), (59, "just now"), (60, "1 min ago"), (7200, "2 hr ago"), (86_400, "Nov 21, 12:00 UTC")],
)
def test_ago(seconds: int, text: str) -> None:
    assert display.ago(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("name", "letters"),
    [("jane.miller@x.org", "JM"), ("karl", "K"), ("", "?"), ("<script>", "?"), ("Visitor 57", "V5"), ("  ", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert display.initials(name) == letters


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "//x", "data:text/html,x", "https://", "http://[", "file:///etc", "", " x"]
)
def test_only_addresses_of_the_web_become_links(text: str) -> None:
    assert display.web_url(text) == ""


def test_web_addresses_become_links() -> None:
    assert display.web_url("https://shop.example/a?b") == "https://shop.example/a?b"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("https://a.example/", "a.example"),
        ("https://a.example/b?c=1", "a.example/b?c=1"),
        ("about:blank", "about:blank"),
    ],
)
def test_short_url(text: str, short: str) -> None:
    assert display.short_url(text) == short


def test_every_named_icon_is_drawn() -> None:
    for browser in ("Chrome 156", "Edge 1", "Firefox 2", "Safari 3", "Lynx", ""):
        assert display.browser_icon(browser) in ICONS
    for system in ("Windows 11", "macOS", "iOS 19", "Android 16", "Linux", "Haiku"):
        assert display.os_icon(system) in ICONS
    for device in ("desktop", "mobile", "tablet", "bot", ""):
        assert display.device_icon(device) in ICONS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain <b>", "plain &lt;b&gt;"),
        ("`limit` of `<a>` rows", "<code>limit</code> of <code>&lt;a&gt;</code> rows"),
        ("a lone ` stays", "a lone ` stays"),
    ],
)
def test_words_between_backticks_become_code(text: str, shown: str) -> None:
    assert ticks(text) == shown
