"""`GET health`: for load balancers without a login (status only), for members with the details."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import AuthenticationError

from replay import health
from replay.api.auth import BearerToken, Login
from replay.api.schemas import HealthOut

router = Router(tags=["Health"])


@router.get("health", auth=None, response={200: HealthOut, 503: HealthOut}, summary="Health", exclude_none=True)
def get_health(request: HttpRequest) -> Status[dict[str, Any]]:
    """200 while recording and replay work, else 503. Needs no login; with one it says more."""
    found = health.check()
    body: dict[str, Any] = {"status": found.status}
    if found.database == "ok" and _is_member(request):
        body |= {"version": health.version(), "checks": found.checks()}
    return Status(503 if found.status == "failed" else 200, body)


def _is_member(request: HttpRequest) -> bool:
    try:
        return bool(BearerToken()(request) or Login()(request))
    except AuthenticationError:
        return False
