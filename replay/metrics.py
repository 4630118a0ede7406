"""`/metrics` for Prometheus: from this machine, or with the token METRICS_TOKEN."""

from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from sessions.metrics import REGISTRY

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("X-Forwarded-For", "Forwarded")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not is_allowed(request):
        return HttpResponseForbidden("Metrics are for this machine, or for who has METRICS_TOKEN.\n", "text/plain")
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def is_allowed(request: HttpRequest) -> bool:
    """With a token set only the token counts. A request that came through a proxy is not from this machine."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.headers for name in FORWARDED)
