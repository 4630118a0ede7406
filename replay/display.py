"""How values are shown to members: durations, faces, links. Pure; what comes in was written by strangers."""

import zlib
from datetime import datetime
from urllib.parse import urlsplit

MINUTE = 60
HOUR = 3600


def clock(milliseconds: int) -> str:
    """`4:07` or `1:02:03`, whole seconds, rounded down."""
    seconds = max(0, milliseconds) // 1000
    hours, minutes, rest = seconds // HOUR, seconds // MINUTE % MINUTE, seconds % MINUTE
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def ago(then: datetime, now: datetime) -> str:
    """A short text until the browser writes its own; days and more as a date in UTC."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < 24 * HOUR:
        return f"{seconds // HOUR} hr ago"
    return then.strftime("%b %-d, %H:%M UTC")


def hue(key: str) -> int:
    """A colour for a face, the same each time; degrees."""
    return zlib.crc32(key.encode()) % 360


def initials(name: str) -> str:
    """One or two letters for a face."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[1][0] if len(words) > 1 else "")).upper()


def web_url(text: str) -> str:
    """The URL where it is one of the web, else nothing: `javascript:` and its like never become a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def short_url(text: str) -> str:
    """Host and path, as a list shows it; what cannot be read stays as it is."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if parts.scheme not in ("http", "https"):
        return text
    return parts.netloc + (parts.path if parts.path != "/" else "") + (f"?{parts.query}" if parts.query else "")


def browser_icon(browser: str) -> str:
    return _first(browser, {"edge": "edge", "chrom": "chrome", "firefox": "firefox", "safari": "compass"}, "globe")


def os_icon(system: str) -> str:
    table = {"windows": "windows", "mac": "command", "ios": "apple-phone", "android": "android", "linux": "terminal"}
    return _first(system, table, "cpu")


def device_icon(device: str) -> str:
    return _first(device, {"mobile": "phone", "tablet": "tablet", "bot": "bot"}, "desktop")


def _first(text: str, table: dict[str, str], default: str) -> str:
    low = text.lower()
    return next((icon for word, icon in table.items() if word in low), default)
