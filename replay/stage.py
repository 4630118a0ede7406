"""The stage: a host without cookies on which recordings are rebuilt."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class StageHostMiddleware:
    """On the stage's host nothing but the stage is served; elsewhere the stage is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
