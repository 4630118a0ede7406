"""What the pages show and take: hostile texts, settings, members, tokens, empty states."""

import re

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings

from replay.forms import clean_origin
from replay.metrics import is_allowed
from sessions.models import Member, Membership, Project, Recording
from sessions.services import member_for_token, project_create, refusal_count

from .conftest import Team

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ request.user.password }}{% csrf_token %}",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "\u202etxt.exe",
]


def _assert_harmless(page: str, text: str) -> None:
    live = re.sub(r"<script (type=\"module\" )?src=\"/static/[\w./-]+\"></script>", "", page)
    assert "<script" not in live
    assert "onerror=alert(1)>" not in live
    assert "<svg onload" not in live
    assert not re.search(r"""(href|src|action)\s*=\s*["']?\s*(javascript|data:text)""", live, re.IGNORECASE)
    if any(letter in text for letter in "<\"'"):
        assert text not in live


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(team: Team, recording: Recording, text: str) -> None:
    visitor = recording.visitor
    visitor.external_id = text
    visitor.traits = {text: {text: [text]}, "plan": text}
    visitor.save()
    for name in ("entry_url", "title", "referrer", "user_agent", "browser", "os", "language", "timezone"):
        setattr(recording, name, text[:16] if name == "device" else text)
    recording.save()
    recording.streams.update(url=text, title=text)
    team.project.name = text
    team.project.save()
    client = team.client("alice")
    for path in ("/", "/live", f"/sessions/{recording.pk}", f"/sessions/{recording.pk}/delete", "/projects/"):
        response = client.get(path)
        assert response.status_code == 200
        _assert_harmless(response.text, text)
    _assert_harmless(client.get(f"/projects/{team.project.pk}").text, text)
    _assert_harmless(client.get("/", {"q": text, "cursor": text}).text, text)


def test_recorded_addresses_give_nothing_away(team: Team, recording: Recording) -> None:
    page = team.client("alice").get(f"/sessions/{recording.pk}").text
    link = re.search(r'<a href="https://shop.example/list"[^>]*>', page)
    assert link is not None
    assert 'rel="noreferrer noopener nofollow"' in link[0]


def test_every_page_forbids_scripts_from_elsewhere_and_is_not_recorded(team: Team, recording: Recording) -> None:
    for path in ("/", "/live", f"/sessions/{recording.pk}", "/projects/", "/account/tokens", "/api/v1/docs"):
        response = team.client("alice").get(path)
        assert "script-src 'self';" in response["Content-Security-Policy"]
        assert '<meta name="sightline" content="off">' in response.text
        assert not re.search(r"<script(?![^>]*\bsrc=)", response.text), "an inline script would be blocked"
        assert not re.search(r"\son\w+=", re.sub(r"<pre.*?</pre>", "", response.text, flags=re.DOTALL))


def test_error_pages_have_the_frame(team: Team) -> None:
    response = team.client("alice").get("/nothing")
    assert (response.status_code, "Nothing is here" in response.text) == (404, True)


def test_a_page_that_breaks_says_so(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replay.pages.site", lambda: 1 / 0)
    client = team.client("alice", raise_request_exception=False)
    response = client.get("/")
    assert (response.status_code, "Something broke on our side" in response.text) == (500, True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("5000", "5000"), ("", ""), ("-1", ""), ("1e3", ""), ('"><b>', ""), ("9" * 13, ""), ("٣", "")],
)
def test_player_gets_its_start_only_as_digits(team: Team, recording: Recording, given: str, expected: str) -> None:
    page = team.client("bob").get(f"/sessions/{recording.pk}", {"t": given}).text
    assert f'start-ms="{expected}"' in page
    assert f'<sl-player recording="{recording.pk}" stage="{settings.STAGE_ORIGIN}"' in page
    assert 'state="live"' in page


def test_only_owners_see_the_delete_button(team: Team, recording: Recording) -> None:
    path = f"/sessions/{recording.pk}"
    assert 'data-dialog="delete"' in team.client("alice").get(path).text
    assert 'data-dialog="delete"' not in team.client("bob").get(path).text


def test_player_lists_other_visits_of_the_visitor(team: Team, recording: Recording) -> None:
    again = Recording.objects.create(project=team.project, visitor=recording.visitor, policy="strict")
    stranger = Recording.objects.create(project=team.project, visitor=team.project.visitors.create(), policy="strict")
    page = team.client("bob").get(f"/sessions/{recording.pk}").text
    assert f"/sessions/{again.pk}" in page
    assert f"/sessions/{stranger.pk}" not in page


def test_empty_list_shows_the_snippet(team: Team) -> None:
    page = team.client("alice").get("/").text
    assert f"data-key=&quot;{team.project.key}&quot;" in page or f'data-key="{team.project.key}"' in page
    assert "Waiting for the first session" in page
    assert "No session matches" in team.client("alice").get("/", {"q": "x"}).text


def test_settings_are_saved(team: Team) -> None:
    client, path = team.client("alice"), f"/projects/{team.project.pk}"
    sent = {
        "name": "Shop 2",
        "policy": "open",
        "origins": "HTTPS://Shop.Example/\n\nhttps://shop.example",
        "loopback": "on",
    }
    assert client.post(path, sent).status_code == 302
    project = Project.objects.get(pk=team.project.pk)
    assert (project.name, project.policy) == ("Shop 2", "open")
    assert project.allowed_origins == ["https://shop.example", "loopback"]
    page = client.get(path).text
    assert 'value="open" checked' in page
    assert "https://shop.example</textarea>" in page


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "https://shop.example/path",
        "ftp://x",
        "https://",
        "https://a b",
        "https://[::1",
        "https://u@h",
        "https://x:99999",
    ],
)
def test_origins_are_checked(team: Team, origin: str) -> None:
    path = f"/projects/{team.project.pk}"
    response = team.client("alice").post(path, {"name": "S", "policy": "open", "origins": origin})
    assert response.status_code == 200
    assert "errorlist" in response.text
    assert Project.objects.get(pk=team.project.pk).allowed_origins == []


@pytest.mark.parametrize("origin", ["https://shop.example", "http://localhost:3000", "http://[::1]:8000"])
def test_good_origins_are_kept(origin: str) -> None:
    assert clean_origin(origin + "/") == origin


def test_projects_are_counted_alike_for_every_member(team: Team, recording: Recording) -> None:
    Recording.objects.create(project=team.project, visitor=recording.visitor, policy="strict")
    project_create(name="Empty", owner=team.bob)
    expected = {"Shop": (2, 2), "Empty": (0, 1), "Elsewhere": (0, 1)}
    team.charlie.is_superuser = True
    team.charlie.save()
    for name, seen in {"alice": {"Shop"}, "bob": {"Shop", "Empty"}, "charlie": set(expected)}.items():
        projects = team.client(name).get("/projects/").context["projects"]
        counts = {project.name: (project.recording_count, project.member_count) for project in projects}
        assert counts == {project: expected[project] for project in seen}


def test_members_are_added_by_address_and_removed(team: Team) -> None:
    client, path = team.client("alice"), f"/projects/{team.project.pk}/members"
    assert "no account" in client.post(path, {"email": "nobody@example.org", "role": "member"}).text
    assert "already" in client.post(path, {"email": "bob@example.org", "role": "member"}).text
    assert client.post(path, {"email": "CHARLIE@example.org", "role": "member"}).status_code == 302
    assert team.client("charlie").get(f"/projects/{team.project.pk}").status_code == 200
    client.post(f"{path}/{team.charlie.pk}/remove")
    assert team.client("charlie").get(f"/projects/{team.project.pk}").status_code == 404


def test_the_last_owner_stays(team: Team) -> None:
    client, path = team.client("alice"), f"/projects/{team.project.pk}/members/{team.alice.pk}"
    client.post(path, {"role": "member"})
    client.post(f"{path}/remove")
    assert Membership.objects.get(project=team.project, member=team.alice).role == "owner"
    client.post(f"/projects/{team.project.pk}/members/{team.bob.pk}", {"role": "owner"})
    client.post(path, {"role": "member"})
    assert Membership.objects.get(project=team.project, member=team.alice).role == "member"


def test_refusals_are_shown_with_their_reason(team: Team) -> None:
    refusal_count(project=team.project, code="rate_limited", count=41)
    refusal_count(project=team.project, code="rate_limited")
    page = team.client("bob").get(f"/projects/{team.project.pk}").text
    assert "rate_limited" in page
    assert "Too much in too short a time" in page
    assert ">42<" in page


def test_a_new_project_belongs_to_its_maker(team: Team) -> None:
    response = team.client("bob").post("/projects/", {"name": "Help"})
    project = Project.objects.get(name="Help")
    assert response["Location"] == f"/projects/{project.pk}"
    assert (project.policy, project.memberships.get().role) == ("strict", "owner")


def test_a_token_is_shown_once_and_works(team: Team) -> None:
    client = team.client("bob")
    page = client.post("/account/tokens", {"name": "Export"}).text
    found = re.search(r"slt_[\w-]+", page)
    assert found is not None
    assert member_for_token(found[0]) == team.bob
    again = client.get("/account/tokens").text
    assert "Export" in again
    assert "slt_" not in again


def _give_password(member: Member) -> None:
    member.set_password("correct horse")
    member.save()


def test_login_says_what_is_wrong_and_goes_where_it_was_wanted(team: Team) -> None:
    _give_password(team.bob)
    client = Client()
    wrong = client.post("/accounts/login/", {"login": "bob@example.org", "password": "no"})
    assert wrong.status_code == 200
    assert "form-error" in wrong.text
    right = client.post("/accounts/login/?next=/live", {"login": "bob@example.org", "password": "correct horse"})
    assert (right.status_code, right["Location"]) == (302, "/live")


def test_login_never_leads_away(team: Team) -> None:
    _give_password(team.bob)
    sent = {"login": "bob@example.org", "password": "correct horse", "next": "https://evil.example/"}
    assert Client().post("/accounts/login/", sent)["Location"] == "/"


def test_metrics_are_for_this_machine_or_the_token() -> None:
    make = RequestFactory()
    assert is_allowed(make.get("/metrics"))
    assert not is_allowed(make.get("/metrics", REMOTE_ADDR="192.0.2.1"))
    assert not is_allowed(make.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}))
    with override_settings(METRICS_TOKEN="s3cret"):
        assert not is_allowed(make.get("/metrics"))
        assert is_allowed(make.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer s3cret"}))


def test_metrics_are_in_the_format_of_prometheus(client: Client) -> None:
    assert "# TYPE sightline_frames_committed_total counter" in client.get("/metrics").text
