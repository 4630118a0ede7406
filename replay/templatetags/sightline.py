"""Tags and filters that the templates share. All output is escaped; only the icons' own drawing is markup."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from replay import display
from replay.icons import ICONS
from sessions.models import Recording

register = template.Library()
_TICKED = re.compile(r"([^`]*)`([^`]*)`")

register.filter("clock", display.clock)
register.filter("hue", display.hue)
register.filter("initials", display.initials)
register.filter("web_url", display.web_url)
register.filter("short_url", display.short_url)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing of that name; decoration, so hidden from screen readers."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  # a constant of ours
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.filter
def ago(then: datetime) -> str:
    return display.ago(then, timezone.now())


@register.filter
def ticks(text: str) -> SafeString:
    """What stands between two backticks as code; a lone one stays."""
    rest = _TICKED.sub("", text)
    return format_html_join("", "{}<code>{}</code>", _TICKED.findall(text)) + format_html("{}", rest)


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query with some values changed; an empty value takes the name out."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag
def browser_icon_of(recording: Recording) -> SafeString:
    return icon(display.browser_icon(recording.browser))


@register.simple_tag
def os_icon_of(recording: Recording) -> SafeString:
    return icon(display.os_icon(recording.os))


@register.simple_tag
def device_icon_of(recording: Recording) -> SafeString:
    return icon(display.device_icon(recording.device))


@register.filter
def since(then: datetime) -> str:
    """How long ago, as a clock."""
    return display.clock(round((timezone.now() - then).total_seconds() * 1000))
