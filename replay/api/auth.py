"""Who asks: a bearer token of a member, or the member's login. Unsafe methods with a login need the CSRF token."""

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from replay.api.problems import Problem
from sessions.models import Member
from sessions.services import member_for_token


class BearerToken(HttpBearer):
    """`Authorization: Bearer slt_…`. One that is there and wrong is an error, whatever the login says."""

    def authenticate(self, request: HttpRequest, token: str) -> Member:
        member = member_for_token(token.strip())
        if member is None:
            raise AuthenticationError
        request.user = member
        return member


class Login(APIKeyCookie):
    """The login of the dashboard."""

    param_name = "sessionid"

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked below, after the login: without one the answer is 401

    def authenticate(self, request: HttpRequest, key: str | None) -> Member | None:
        member = request.user
        if not isinstance(member, Member) or not member.is_active:
            return None
        if check_csrf(request) is not None:
            raise Problem(403, "csrf", "Send the value of the cookie csrftoken as the header X-CSRFToken.")
        return member
