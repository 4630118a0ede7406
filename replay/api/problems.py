"""How the API says no: problem JSON (RFC 9457) with `code` for programs and `message` for people."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sessions.objects import ObjectError, ObjectMissing
from sessions.selectors import CursorInvalid

CONTENT_TYPE: Final = "application/problem+json"


class Problem(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def answer(status: int, code: str, message: str, **more: Any) -> HttpResponse:
    body = {"code": code, "message": message, **more}
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Sightline"'  # RFC 9110, 11.6.1
    return response


_CODES: Final = {400: "invalid", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
_FIXED: Final[list[tuple[type[Exception], int, str, str]]] = [
    (AuthenticationError, 401, "unauthorized", "Sign in, or send a valid API token as a bearer token."),
    (Http404, 404, "not_found", "There is no such thing, or it belongs to a project that you are not a member of."),
    (CursorInvalid, 400, "cursor_invalid", "The cursor is not one that a list gave out."),
    (ObjectMissing, 404, "not_found", "The segment's object is not in the store any more."),
    (ObjectError, 503, "unavailable", "The object store cannot be reached just now."),
]


def add_handlers(api: NinjaAPI) -> None:
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Problem: lambda _, problem: answer(problem.status, problem.code, problem.message),
        HttpError: _http_error,
        ValidationError: _validation_error,
        **{cls: _fixed(status, code, message) for cls, status, code, message in _FIXED},
    }
    for cls, handler in handlers.items():
        api.add_exception_handler(cls, handler)


def _fixed(status: int, code: str, message: str) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, _error: answer(status, code, message)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(error.status_code, _CODES.get(error.status_code, "error"), error.message)


def _validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [{"field": ".".join(map(str, each["loc"][1:])), "message": each["msg"]} for each in error.errors]
    return answer(422, "invalid", "A parameter cannot be read.", errors=fields)
