"""What a user agent string says of browser, system and kind of device. Pure."""

from dataclasses import dataclass

import ua_parser

from .text import clean


@dataclass(frozen=True, slots=True)
class Device:
    browser: str
    """Name and major version, as "Chrome 156"; empty where unknown."""
    os: str
    kind: str
    """desktop, mobile, tablet or bot."""


def device_of(user_agent: str) -> Device:
    parsed = ua_parser.parse(user_agent)
    browser, system, device = parsed.user_agent, parsed.os, parsed.device
    return Device(
        _named(browser.family, browser.major) if browser else "",
        _system(system.family, system.major) if system else "",
        _kind(user_agent, system.family if system else "", device.family if device else ""),
    )


def _system(family: str, major: str | None) -> str:
    """Browsers say 10 for every macOS."""
    return "macOS" if family == "Mac OS X" else _named(family, major)


def _named(family: str, major: str | None) -> str:
    return clean(f"{family} {major}" if major else family, 64)


def _kind(user_agent: str, system: str, device: str) -> str:
    if device == "Spider":
        return "bot"
    if device == "iPad" or "Tablet" in user_agent or (system == "Android" and "Mobile" not in user_agent):
        return "tablet"
    return "mobile" if "Mobi" in user_agent or system in ("iOS", "Android") else "desktop"
