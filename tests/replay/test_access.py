"""Who may do what: every route of the URL map, for a stranger, the owner, a teammate and an outsider.

A route that is not in the table fails the first test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from replay.api import api
from replay.urls import urlpatterns
from sessions.models import Membership, Recording
from sessions.services import api_token_create

from .conftest import Team

LOGIN = 302
"""To the login page."""
WHO = ("anon", "alice", "bob", "charlie")
PAGES: dict[tuple[str, str], tuple[int, int, int, int]] = {
    ("GET", "/"): (LOGIN, 200, 200, 200),
    ("GET", "/live"): (LOGIN, 200, 200, 200),
    ("GET", "/sessions/{recording}"): (LOGIN, 200, 200, 404),
    ("GET", "/sessions/{recording}/delete"): (LOGIN, 200, 403, 404),
    ("POST", "/sessions/{recording}/delete"): (LOGIN, 302, 403, 404),
    ("GET", "/projects/"): (LOGIN, 200, 200, 200),
    ("POST", "/projects/"): (LOGIN, 200, 200, 200),
    ("GET", "/projects/{project}"): (LOGIN, 200, 200, 404),
    ("POST", "/projects/{project}"): (LOGIN, 200, 403, 404),
    ("POST", "/projects/{project}/members"): (LOGIN, 200, 403, 404),
    ("POST", "/projects/{project}/members/{member}"): (LOGIN, 302, 403, 404),
    ("GET", "/projects/{project}/members/{member}/remove"): (LOGIN, 200, 403, 404),
    ("POST", "/projects/{project}/members/{member}/remove"): (LOGIN, 302, 403, 404),
    ("GET", "/account/tokens"): (LOGIN, 200, 200, 200),
    ("POST", "/account/tokens"): (LOGIN, 200, 200, 200),
    ("POST", "/account/tokens/{token}/revoke"): (LOGIN, 302, 404, 404),
    ("GET", "/metrics"): (200, 200, 200, 200),
    ("GET", "/api/v1/docs"): (LOGIN, 200, 200, 200),
    ("GET", "/api/v1/openapi.json"): (LOGIN, 200, 200, 200),
    ("GET", "/api/v1/"): (404, 404, 404, 404),
}
API: dict[tuple[str, str], tuple[int, int, int, int]] = {
    ("GET", "/api/v1/recordings"): (401, 200, 200, 200),
    ("GET", "/api/v1/recordings/{recording}"): (401, 200, 200, 404),
    ("DELETE", "/api/v1/recordings/{recording}"): (401, 204, 403, 404),
    ("GET", "/api/v1/recordings/{recording}/playlist"): (401, 200, 200, 404),
    ("POST", "/api/v1/recordings/{recording}/watch"): (401, 200, 200, 404),
    ("GET", "/api/v1/recordings/{recording}/segments/{n}"): (401, 200, 200, 404),
    ("GET", "/api/v1/recordings/{recording}/frames"): (401, 200, 200, 404),
    ("GET", "/api/v1/recordings/{recording}/events"): (401, 200, 200, 404),
    ("DELETE", "/api/v1/visitors/{visitor}"): (401, 200, 403, 404),
    ("GET", "/api/v1/health"): (200, 200, 200, 200),
}


def _routes(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


_NAMES = {
    "<uuid:recording_id>": "{recording}",
    "<uuidstr:recording_id>": "{recording}",
    "<uuid:project_id>": "{project}",
    "<int:member_id>": "{member}",
    "<int:token_id>": "{token}",
    "<int:n>": "{n}",
    "<path:external_id>": "{visitor}",
}


def _plain(route: str) -> str:
    for parameter, name in _NAMES.items():
        route = route.replace(parameter, name)
    return route


def test_every_route_is_in_the_table() -> None:
    known = {route for _, route in PAGES | API}
    assert {_plain(route) for route in _routes(urlpatterns)} == known


def test_every_operation_of_the_api_is_in_the_table() -> None:
    names = {"recording_id": "recording", "external_id": "visitor"}
    operations = set()
    for path, methods in api.get_openapi_schema()["paths"].items():
        for long, short in names.items():
            path = path.replace(f"{{{long}}}", f"{{{short}}}")
        operations |= {(method.upper(), path) for method in methods}
    assert operations == set(API)


@pytest.fixture
def paths(team: Team, recording: Recording) -> dict[str, str]:
    recording.visitor.external_id = "u/1 ?"
    recording.visitor.save()
    token, _ = api_token_create(member=team.alice, name="Export")
    return {
        "recording": str(recording.pk),
        "project": str(team.project.pk),
        "member": str(team.bob.pk),
        "token": str(token.pk),
        "n": "0",
        "visitor": "u/1%20%3F",
    }


def _query(route: str, recording: Recording) -> dict[str, str]:
    return {"stream": str(recording.streams.get().pk), "from": "0"} if route.endswith("/frames") else {}


@pytest.mark.parametrize(("method", "route"), PAGES | API)
def test_access(team: Team, recording: Recording, paths: dict[str, str], method: str, route: str) -> None:
    """The owner comes last: what she may do is done then."""
    expected = dict(zip(WHO, (PAGES | API)[method, route], strict=True))
    query = "&".join("=".join(pair) for pair in _query(route, recording).items())
    for who in ("anon", "charlie", "bob", "alice"):
        response = team.client(who).generic(method, route.format(**paths), QUERY_STRING=query)
        assert response.status_code == expected[who], who
        if who == "anon" and expected[who] == LOGIN:
            assert response["Location"].startswith("/accounts/login/")
        if who == "charlie":
            body = b"".join(response) if response.streaming else response.content
            assert str(recording.pk).encode() not in body
            assert b"shop.example/list" not in body
        if who != "alice" and expected["alice"] != expected[who]:
            assert Recording.objects.filter(pk=recording.pk).exists()
            assert Membership.objects.filter(project=team.project, member=team.bob).exists()


def test_bearer_token_is_the_member(team: Team, recording: Recording) -> None:
    for member, status in ((team.alice, 200), (team.charlie, 404)):
        _, plain = api_token_create(member=member, name="t")
        headers = {"Authorization": f"Bearer {plain}"}
        assert Client().get(f"/api/v1/recordings/{recording.pk}", headers=headers).status_code == status


def test_bearer_token_needs_no_csrf_token(team: Team, recording: Recording) -> None:
    _, plain = api_token_create(member=team.alice, name="t")
    client = Client(enforce_csrf_checks=True)
    path = f"/api/v1/recordings/{recording.pk}/watch"
    assert client.post(path, headers={"Authorization": f"Bearer {plain}"}).status_code == 200


def test_a_wrong_bearer_token_is_refused_in_spite_of_a_login(team: Team) -> None:
    response = team.client("alice").get("/api/v1/recordings", headers={"Authorization": "Bearer slt_forged"})
    assert response.status_code == 401
    assert response.json()["code"] == "unauthorized"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_and_one_of_a_member_who_left_are_refused(team: Team) -> None:
    token, plain = api_token_create(member=team.bob, name="t")
    headers = {"Authorization": f"Bearer {plain}"}
    team.bob.is_active = False
    team.bob.save()
    assert Client().get("/api/v1/recordings", headers=headers).status_code == 401
    team.bob.is_active = True
    team.bob.save()
    assert Client().get("/api/v1/recordings", headers=headers).status_code == 200
    team.client("bob").post(f"/account/tokens/{token.pk}/revoke")
    assert Client().get("/api/v1/recordings", headers=headers).status_code == 401


def test_a_login_needs_the_csrf_token_for_what_changes_something(team: Team, recording: Recording) -> None:
    client = team.client("alice", enforce_csrf_checks=True)
    path = f"/api/v1/recordings/{recording.pk}"
    response = client.delete(path)
    assert (response.status_code, response.json()["code"]) == (403, "csrf")
    assert Recording.objects.filter(pk=recording.pk).exists()
    client.get("/live")  # any page with a form sets the cookie
    token = client.cookies["csrftoken"].value
    assert client.delete(path, headers={"X-CSRFToken": token}).status_code == 204


def test_pages_with_post_need_the_csrf_token(team: Team, recording: Recording) -> None:
    client = team.client("alice", enforce_csrf_checks=True)
    assert client.post(f"/sessions/{recording.pk}/delete").status_code == 403
    assert Recording.objects.filter(pk=recording.pk).exists()


def test_a_visitor_is_deleted_only_where_the_member_owns_the_project(team: Team, recording: Recording) -> None:
    theirs = team.foreign.visitors.create(external_id="u-1")
    recording.visitor.external_id = "u-1"
    recording.visitor.save()
    assert team.client("alice").delete("/api/v1/visitors/u-1").json() == {"recordings": 1}
    assert not Recording.objects.filter(pk=recording.pk).exists()
    assert team.foreign.visitors.filter(pk=theirs.pk).exists()


def test_sign_up_is_closed(db: None) -> None:
    response = Client().get("/accounts/signup/")
    assert b"by invitation" in response.content


def test_admin_is_for_staff(team: Team) -> None:
    assert team.client("alice").get("/admin/").status_code == 302
    assert get_resolver().resolve("/admin/") is not None
