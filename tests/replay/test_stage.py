"""The stage's host serves the stage and nothing else; no other host serves it."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from replay.stage import StageHostMiddleware, policy

APP = "localhost:8000"
STAGE = "127.0.0.1:8000"


@pytest.fixture(autouse=True)
def origins() -> object:
    with override_settings(
        APP_ORIGIN=f"http://{APP}", STAGE_ORIGIN=f"http://{STAGE}", ALLOWED_HOSTS=["localhost", "127.0.0.1"]
    ):
        yield


def test_stage_has_a_policy_that_loads_nothing() -> None:
    response = Client().get("/stage/", headers={"host": STAGE})
    assert response.status_code == 200
    directives = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert directives["default-src"] == directives["connect-src"] == directives["frame-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["img-src"] == "data: blob:"
    assert directives["frame-ancestors"] == f"http://{APP}"
    assert directives["require-trusted-types-for"] == "'script'"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in response
    assert f'data-app-origin="http://{APP}"' in response.text


def test_every_fetch_directive_is_inline_or_own() -> None:
    sources = {source for name, values in policy().items() if name.endswith("-src") for source in values}
    assert sources <= {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}


@pytest.mark.parametrize(
    "path", ["/", "/admin/", "/accounts/login/", "/static/dashboard.js", "/api/v1/health", "/stage/x"]
)
def test_nothing_else_on_the_stage_host(path: str) -> None:
    assert Client().get(path, headers={"host": STAGE}).status_code == 404


def test_no_stage_on_the_app_host() -> None:
    assert Client().get("/stage/", headers={"host": APP}).status_code == 404


def test_stage_takes_no_posts() -> None:
    assert Client().post("/stage/", headers={"host": STAGE}).status_code == 405


@pytest.mark.parametrize("path", ["/stage/", "/static/stage.js", "/"])
def test_no_cookies_on_the_stage_host(path: str) -> None:
    def careless(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("")
        response.set_cookie("sessionid", "x")
        return response

    request = HttpRequest()
    request.method, request.path = "GET", path
    request.META["HTTP_HOST"] = STAGE
    assert not StageHostMiddleware(careless)(request).cookies


def test_one_origin_for_both_is_refused() -> None:
    with override_settings(STAGE_ORIGIN=f"http://{APP}"), pytest.raises(ImproperlyConfigured):
        StageHostMiddleware(lambda request: HttpResponse())
