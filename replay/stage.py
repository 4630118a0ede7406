"""The stage: a host without cookies on which recordings are rebuilt.

Every byte of a recording was written by a stranger, so the page that rebuilds it lives on an origin of its own
(`STAGE_ORIGIN`), gets its bytes through a MessagePort only, and has a policy under which it can load nothing
(docs/player.md).
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.shortcuts import render
from django.utils.csp import CSP

STAGE_PATH: Final = "/stage/"
FILES: Final = frozenset({"stage.js", "stage.js.map"})
"""The static files that the stage's host serves."""


class StageHostMiddleware:
    """On the stage's host nothing but the stage is served; elsewhere the stage is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.host = urlsplit(settings.STAGE_ORIGIN).netloc
        if self.host == urlsplit(settings.APP_ORIGIN).netloc:
            raise ImproperlyConfigured("STAGE_ORIGIN must have a host or port of its own, not that of APP_ORIGIN.")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("host", "") == self.host:
            return self._on_stage(request)
        if request.path == STAGE_PATH:
            return HttpResponseNotFound("The stage is served on its own host.", content_type="text/plain")
        return self.get_response(request)

    def _on_stage(self, request: HttpRequest) -> HttpResponse:
        if request.path == STAGE_PATH:
            response = stage(request)
        elif request.path in {settings.STATIC_URL + name for name in FILES}:
            response = self.get_response(request)
        else:
            response = HttpResponseNotFound(
                f"Nothing but replays is served here. Sightline is at {settings.APP_ORIGIN}.\n",
                content_type="text/plain",
            )
        response.cookies.clear()
        return response


def stage(request: HttpRequest) -> HttpResponse:
    """The page that `<sl-player>` embeds."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = render(request, "replay/stage.html", {"app_origin": settings.APP_ORIGIN}, using="django")
    for name, value in headers().items():
        response[name] = value
    return response


def headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": "; ".join(f"{name} {' '.join(values)}".strip() for name, values in policy().items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
        "Cache-Control": "no-cache",
    }


def policy() -> dict[str, list[str]]:
    """What the stage, and through it the rebuilt page, may do (CSP Level 3)."""
    inline = ["data:", "blob:"]
    return {
        "default-src": [CSP.NONE],
        "script-src": [CSP.SELF],
        "style-src": [CSP.UNSAFE_INLINE],
        "img-src": inline,
        "font-src": inline,
        "media-src": inline,
        "connect-src": [CSP.NONE],
        "frame-src": [CSP.NONE],
        "form-action": [CSP.NONE],
        "base-uri": [CSP.NONE],
        "frame-ancestors": [settings.APP_ORIGIN],
        "require-trusted-types-for": ["'script'"],
        # The one policy of static/src/stage/guard.ts.
        "trusted-types": ["default"],
    }


FEATURES: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
)
