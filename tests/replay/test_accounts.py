"""Signing in, at one place with limits; and nothing of the accounts' pages that needs mail."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from sessions.models import Member

from .conftest import Team
from .test_access import _routes

ROUTES = {
    "/accounts/login/": 200,
    "/accounts/logout/": 302,
    "/accounts/inactive/": 200,
    "/accounts/signup/": 200,
    "/accounts/reauthenticate/": 302,
    "/accounts/password/change/": 302,
    "/accounts/password/set/": 302,
}
"""What a stranger gets."""
FAILURES = 5
"""Wrong passwords of one account before it has to wait, as allauth counts them."""


@pytest.fixture(autouse=True)
def nothing_counted_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(email: str, password: str = "wrong", **extra: Any) -> int:
    return Client(**extra).post("/accounts/login/", {"login": email, "password": password}).status_code


@pytest.fixture
def root(db: None) -> Member:
    return Member.objects.create_superuser("root@example.org", "the right password")


def test_no_other_page_of_accounts_is_there() -> None:
    found = {route for route in _routes(get_resolver().url_patterns) if route.startswith("/accounts/")}
    assert found == set(ROUTES)


@pytest.mark.parametrize("path", ROUTES)
def test_none_of_them_breaks(team: Team, path: str) -> None:
    assert Client().get(path).status_code == ROUTES[path]
    assert team.client("bob").get(path).status_code in (200, 302, 403)  # has no password to say again


@pytest.mark.parametrize("path", ["email/", "password/reset/", "confirm-email/", "login/code/"])
def test_what_would_need_mail_is_not_there(team: Team, path: str) -> None:
    assert team.client("bob").post(f"/accounts/{path}", {"email": "new@example.org"}).status_code == 404


def test_the_console_has_no_login_of_its_own(root: Member) -> None:
    answer = Client().post("/admin/login/", {"username": root.email, "password": "the right password"})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert "sessionid" not in answer.cookies
    led = Client().get("/admin/", follow=True)
    assert led.redirect_chain[-1][0].startswith("/accounts/login/?next=%2Fadmin%2F")


def test_the_console_says_no_to_members(team: Team) -> None:
    assert team.client("bob").get("/admin/", follow=True).status_code == 403


def test_wrong_passwords_are_limited(root: Member) -> None:
    for _ in range(FAILURES):
        assert sign_in(root.email) == 200
    assert sign_in(root.email, "the right password") == 200  # says that it was too often
    cache.clear()
    assert sign_in(root.email, "the right password") == 302


def test_behind_a_proxy_each_address_has_its_own_limit(db: None, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(40):
        answer = sign_in(f"{n}@example.org", headers={"X-Forwarded-For": f"198.51.100.{n}"})
        assert answer == 200
    there = {"X-Forwarded-For": "forged, 198.51.100.1"}
    assert 429 in [sign_in(f"{n}@example.org", headers=there) for n in range(40)]


def test_the_proxies_of_the_limits_are_those_of_the_settings(settings: Any) -> None:
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == settings.TRUSTED_PROXIES
