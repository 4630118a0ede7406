"""The list of sessions: paging, filters, what each member sees; as pages and over the API."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Recording, Stream

from .conftest import Team

Make = Callable[..., Recording]


@pytest.fixture
def make(team: Team) -> Make:
    """A recording that began `minutes` ago."""

    def recording(minutes: int = 1, external_id: str = "", **fields: Any) -> Recording:
        project = fields.pop("project", team.project)
        now = timezone.now()
        fields = {"ended_at": now, "started_at": now - timedelta(minutes=minutes)} | fields
        visitor = project.visitors.create(external_id=external_id)
        return Recording.objects.create(project=project, visitor=visitor, policy="strict", **fields)

    return recording


def _ids(client: Client, **query: Any) -> list[str]:
    return [item["id"] for item in client.get("/api/v1/recordings", query).json()["items"]]


def test_api_pages_follow_each_other_without_loss_or_repetition(team: Team, make: Make) -> None:
    same = timezone.now() - timedelta(minutes=9)
    made = [make(minutes) for minutes in range(3)] + [make(started_at=same) for _ in range(4)]
    client, seen, cursor = team.client("bob"), [], ""
    while True:
        body = client.get("/api/v1/recordings", {"limit": "2", "cursor": cursor}).json()
        seen += [item["id"] for item in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = body["next_cursor"]
    assert len(seen) == len(made)
    assert set(seen) == {str(each.pk) for each in made}
    assert seen[:3] == [str(each.pk) for each in made[:3]]


def test_the_page_of_the_list_links_to_the_older_ones(team: Team, make: Make) -> None:
    for minutes in range(55):
        make(minutes, title=f"Page {minutes}.")
    client = team.client("bob")
    first = client.get("/", {"q": "Page"})
    assert first.content.count(b"<tr>") == 51
    cursor = first.context["next_cursor"]
    assert f"?q=Page&amp;cursor={cursor.replace('=', '%3D')}" in first.text
    second = client.get("/", {"q": "Page", "cursor": cursor})
    assert second.content.count(b"<tr>") == 6
    assert "Page 54." in second.text
    assert "Page 1." not in second.text


EARLY_CURSOR = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{UUID(int=0)}".encode()).decode()


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNi0xMS0yMnw=", "é", EARLY_CURSOR])
def test_a_forged_cursor_is_a_clear_error(team: Team, make: Make, cursor: str) -> None:
    make()
    problem = team.client("bob").get("/api/v1/recordings", {"cursor": cursor})
    assert (problem.status_code, problem.json()["code"]) == (400, "cursor_invalid")
    page = team.client("bob").get("/", {"cursor": cursor})
    assert page.status_code == 200
    assert "not valid any more" in page.text


API_FILTERS = [
    ({"q": "basil"}, {"title": "Basil, fresh"}, {"title": "Thyme"}),
    ({"q": "basil"}, {"entry_url": "https://shop.example/BASIL"}, {}),
    ({"q": "jane"}, {"external_id": "jane@example.org"}, {"external_id": "joe"}),
    ({"external_id": "jane"}, {"external_id": "jane"}, {"external_id": "jane2"}),
    ({"browser": "Chrome"}, {"browser": "Chrome 156"}, {"browser": "Firefox 151"}),
    ({"os": "win"}, {"os": "Windows 11"}, {"os": "Linux"}),
    ({"device": "mobile"}, {"device": "mobile"}, {"device": "desktop"}),
    ({"has_errors": "true"}, {"errors": 1}, {"errors": 0}),
    ({"has_failed_requests": "true"}, {"failed_requests": 1}, {}),
    ({"min_duration_ms": 5000}, {"duration_ms": 5000}, {"duration_ms": 4999}),
    ({"state": "ended"}, {}, {"ended_at": None, "seen_at": timezone.now() - timedelta(hours=1)}),
    ({"live": "true"}, {"ended_at": None, "seen_at": timezone.now() + timedelta(hours=9)}, {}),
]


@pytest.mark.parametrize(("query", "wanted", "other"), API_FILTERS)
def test_api_filters(team: Team, make: Make, query: dict[str, Any], wanted: Any, other: Any) -> None:
    found, _ = make(**wanted), make(**other)
    assert _ids(team.client("bob"), **query) == [str(found.pk)]


def test_api_filters_by_time_and_project(team: Team, make: Make) -> None:
    old, new = make(120), make(1)
    between = (timezone.now() - timedelta(hours=1)).isoformat()
    client = team.client("bob")
    assert _ids(client, since=between) == [str(new.pk)]
    assert _ids(client, until=between) == [str(old.pk)]
    assert _ids(client, project=team.foreign.pk) == []
    assert len(_ids(client, project=team.project.pk)) == 2


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("end", ["from", "to"])
def test_days_beyond_the_calendar_are_named(team: Team, make: Make, end: str, day: str) -> None:
    make()
    page = team.client("bob").get("/", {end: day})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {end}
    assert team.client("bob").get("/", {end: "2999-12-31"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"q": "a\0b"},
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"live": "?"},
    ],
)
def test_what_cannot_be_read_is_a_problem(team: Team, query: dict[str, Any]) -> None:
    problem = team.client("bob").get("/api/v1/recordings", query)
    assert (problem.status_code, problem["Content-Type"]) == (422, "application/problem+json")
    assert problem.json()["errors"][0]["field"] == next(iter(query))


PAGE_FILTERS = [
    ({"q": "basil"}, {"title": "Basil"}, {}),
    ({"browser": "Firefox"}, {"browser": "Firefox 151"}, {"browser": "Chrome 156"}),
    ({"device": "tablet"}, {"device": "tablet"}, {"device": "desktop"}),
    ({"errors_only": "on"}, {"errors": 2}, {}),
    ({"min_duration": "60"}, {"duration_ms": 60_000}, {"duration_ms": 59_999}),
    ({"live": "on"}, {"ended_at": None, "seen_at": timezone.now() + timedelta(hours=9)}, {}),
]


@pytest.mark.parametrize(("query", "wanted", "other"), PAGE_FILTERS)
def test_page_filters(team: Team, make: Make, query: dict[str, str], wanted: Any, other: Any) -> None:
    found, hidden = make(**wanted), make(**other)
    page = team.client("bob").get("/", query).text
    assert f"/sessions/{found.pk}" in page
    assert f"/sessions/{hidden.pk}" not in page


def test_page_filters_by_day(team: Team, make: Make) -> None:
    today, before = make(0), make(60 * 24 * 3)
    day = today.started_at.date().isoformat()
    page = team.client("bob").get("/", {"from": day, "to": day}).text
    assert f"/sessions/{today.pk}" in page
    assert f"/sessions/{before.pk}" not in page


def test_a_foreign_project_is_no_choice(team: Team, make: Make) -> None:
    make(project=team.foreign)
    page = team.client("bob").get("/", {"project": str(team.foreign.pk)})
    assert page.context["recordings"] == []
    assert "Select a valid choice" in page.text


@pytest.mark.parametrize("path", ["/", "/live", "/api/v1/recordings?live=true", "/projects/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    team: Team, make: Make, django_assert_max_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    for minutes in range(30):
        recording = make(minutes, ended_at=None, seen_at=timezone.now() + timedelta(hours=1))
        Stream.objects.create(recording=recording, tab="t", collector="1", began_at=recording.started_at)
    client = team.client("bob")
    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200


def test_live_shows_the_page_that_was_seen_last(team: Team, make: Make) -> None:
    recording = make(5, ended_at=None, seen_at=timezone.now() + timedelta(hours=1), entry_url="https://a.example/")
    now = timezone.now()
    for url, age, ended in (("/old", 60, None), ("/now", 1, None), ("/closed", 0, now)):
        Stream.objects.create(
            recording=recording,
            tab=url,
            url=f"https://a.example{url}",
            collector="1",
            began_at=now,
            seen_at=now - timedelta(seconds=age),
            ended_at=ended,
        )
    client = team.client("bob")
    (item,) = client.get("/api/v1/recordings", {"live": "true"}).json()["items"]
    assert item["current_url"] == "https://a.example/now"
    assert "https://a.example/now" in client.get("/live").text
    assert client.get("/live").context["online"] == 1
    assert team.client("charlie").get("/live").context["online"] == 0
