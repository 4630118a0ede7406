"""Services: who may record, which recording a page load joins, what is deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from sessions import services, tokens
from sessions.models import ApiToken, Membership, Project, Recording, Refusal, Segment, Stream, Visitor
from sessions.objects import ObjectStore
from sessions.seal.run import seal_stream
from sessions.wire.errors import Forbidden, RecordingEnded, Unauthorized
from sessions.wire.signals import PageInfo
from tests.sessions.factories import a_hello, a_member, a_project, a_stream, an_event, store_events

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("allowed", "origin", "is_taken"),
    [
        ([], "https://anywhere.example", True),
        ([], "", True),
        (["https://shop.example"], "https://shop.example", True),
        (["https://shop.example/"], "https://SHOP.example", True),
        (["https://shop.example"], "http://shop.example", False),
        (["https://shop.example"], "https://shop.example.evil.example", False),
        (["https://shop.example"], "", False),
        (["https://shop.example"], "http://localhost:8001", False),
        (["loopback"], "http://localhost:8001", True),
        (["loopback"], "https://127.0.0.1", True),
        (["loopback"], "http://[::1]:9", True),
        (["loopback"], "http://localhost.evil.example", False),
        (["loopback"], "http://127.0.0.1.evil.example", False),
        (["loopback"], "file://localhost", False),
        (["loopback"], "http://[", False),
        (["loopback"], "null", False),
    ],
)
def test_origins(allowed: list[str], origin: str, is_taken: bool) -> None:
    project = a_project(key="demo", allowed_origins=allowed)
    if is_taken:
        assert services.project_for_key(key="demo", origin=origin) == project
    else:
        with pytest.raises(Forbidden):
            services.project_for_key(key="demo", origin=origin)


@pytest.mark.parametrize("key", ["", "no", "de\0mo"])
def test_unknown_keys(key: str) -> None:
    a_project(key="demo")
    with pytest.raises(Unauthorized):
        services.project_for_key(key=key, origin="")


def test_a_first_page_load_makes_all_anew() -> None:
    project = a_project(policy=Project.Policy.BALANCED)
    opened = services.stream_open(project=project, hello=a_hello(at=5_000))
    recording = opened.recording
    assert (recording.policy, recording.browser, recording.os, recording.device) == (
        "balanced",
        "Chrome 156",
        "Linux",
        "desktop",
    )
    assert recording.entry_url == "https://shop.example/list"
    assert recording.started_at == opened.stream.began_at
    age = timezone.now() - opened.stream.began_at
    assert timedelta(seconds=5) <= age < timedelta(seconds=60)
    assert recording.is_live
    assert tokens.read_write(opened.token) == tokens.WriteToken(project.pk, recording.pk, opened.stream.pk)
    assert tokens.read_handle(opened.handle) == tokens.Handle(project.pk, opened.visitor.pk, recording.pk)


def test_the_next_page_load_joins() -> None:
    first = a_stream()
    second = a_stream(first.recording.project, handle=first.handle)
    assert (second.recording, second.visitor) == (first.recording, first.visitor)
    assert second.stream != first.stream
    assert second.stream.offset_ms >= 0


@pytest.mark.parametrize("change", ["ended", "idle"])
def test_a_visitor_who_comes_back_later_is_known_and_recorded_anew(change: str, settings: Settings) -> None:
    first = a_stream()
    long_ago = timezone.now() - timedelta(milliseconds=settings.RECORDING_IDLE_MS + 1)
    Recording.objects.update(**{"ended": {"ended_at": timezone.now()}, "idle": {"active_at": long_ago}}[change])
    second = a_stream(first.recording.project, handle=first.handle)
    assert second.recording != first.recording
    assert second.visitor == first.visitor


def test_handles_of_other_projects_and_forged_ones_join_nothing() -> None:
    first = a_stream()
    for handle in (first.handle, first.handle[:-2], "nonsense"):
        other = a_stream(handle=handle)
        assert other.recording != first.recording
        assert other.visitor != first.visitor


def test_a_running_stream_is_taken_up_again() -> None:
    first = a_stream()
    again = a_stream(first.recording.project, token=first.token)
    assert (again.stream, again.recording) == (first.stream, first.recording)
    assert Stream.objects.count() == 1


def test_a_token_that_leads_nowhere_says_so() -> None:
    first = a_stream()
    with pytest.raises(RecordingEnded):
        a_stream(token=first.token)  # another project
    with pytest.raises(RecordingEnded):
        a_stream(first.recording.project, token="nonsense")
    Recording.objects.update(ended_at=timezone.now())
    with pytest.raises(RecordingEnded):
        a_stream(first.recording.project, token=first.token)


@pytest.mark.parametrize(("policy", "title"), [("strict", ""), ("balanced", "The shop"), ("open", "The shop")])
def test_titles_are_texts_that_strict_projects_do_not_keep(policy: str, title: str) -> None:
    opened = a_stream(a_project(policy=policy))
    assert (opened.recording.title, opened.stream.title) == (title, title)


def test_page_loads_count_at_once_and_routes_when_they_are_sealed() -> None:
    first = a_stream()
    second = a_stream(first.recording.project, handle=first.handle)
    assert Recording.objects.get().pages == 2
    page = {"url": "https://shop.example/", "title": "", "referrer": ""}
    for stream in (first.stream, second.stream):
        store_events(stream, [an_event(0, "page", cause="load", **page), an_event(1, "page", cause="push", **page)])
        seal_stream(stream_id=stream.pk)
    assert Recording.objects.get().pages == 4


def test_hostile_hellos_are_stored_clean() -> None:
    page = PageInfo(url="https://x/\0" + "y" * 2_000, title="a\0b", referrer="\0")
    opened = a_stream(a_project(policy="balanced"), page=page, tab="t\0", user_agent="Mozilla\0")
    assert opened.recording.title == "ab"
    assert Recording.objects.get().entry_url.startswith("https://x/yyy")


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1", "mobile"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/156.0 Mobile Safari/537.36", "mobile"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X900) Chrome/156.0 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1", "tablet"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("", "desktop"),
    ],
)
def test_devices(user_agent: str, kind: str) -> None:
    assert a_stream(user_agent=user_agent).recording.device == kind


def test_a_mac_is_called_macos_without_a_version() -> None:
    recording = a_stream(
        user_agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/156.0 Safari/537.36"
    ).recording
    assert (recording.browser, recording.os) == ("Chrome 156", "macOS")


def test_refusals_are_counted_by_day_and_code() -> None:
    project = a_project()
    services.refusal_count(project=project, code="forbidden")
    services.refusal_count(project=project, code="forbidden", count=4)
    services.refusal_count(project=project, code="rate_limited")
    assert dict(Refusal.objects.values_list("code", "count")) == {"forbidden": 5, "rate_limited": 1}


def test_api_tokens_are_kept_as_digests() -> None:
    member = a_member()
    token, plain = services.api_token_create(member=member, name="ci")
    assert services.member_for_token(plain) == member
    assert services.member_for_token(plain + "x") is None
    assert services.member_for_token(token.digest) is None
    assert plain not in str(ApiToken.objects.values())
    member.is_active = False
    member.save()
    assert services.member_for_token(plain) is None


def test_projects_have_an_owner_and_a_key() -> None:
    alice = a_member()
    project = services.project_create(name="Shop", owner=alice, policy="open")
    assert project.policy == "open"
    assert project.key.startswith("sl_")
    assert Membership.objects.get().role == "owner"
    assert list(Project.objects.for_member(alice)) == [project]


@pytest.mark.django_db(transaction=True)
def test_deleting_a_visitor_takes_all_that_is_theirs_and_nothing_else(objects: ObjectStore) -> None:
    project = a_project()
    for name in ("alice", "alice", "bob"):
        opened = a_stream(project)
        Visitor.objects.filter(pk=opened.visitor.pk).update(external_id=name)
        store_events(opened.stream, [an_event(0)])
        seal_stream(stream_id=opened.stream.pk)
    assert services.visitor_delete(project=a_project(), external_id="alice") == 0
    assert services.visitor_delete(project=project, external_id="") == 0
    assert services.visitor_delete(project=project, external_id="alice") == 2
    assert services.visitor_delete(project=project, external_id="alice") == 0
    assert [visitor.external_id for visitor in Visitor.objects.all()] == ["bob"]
    assert [found.key for found in objects.list()] == [Segment.objects.get().object_key]
