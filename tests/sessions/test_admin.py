"""The admin console: every model, no script of a stranger, machines' rows read-only."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import Frame, Gap, Marker, Recording, Segment, Visitor
from sessions.objects import ObjectStore
from sessions.seal.run import seal_stream
from sessions.services import api_token_create, refusal_count
from sessions.wire.batch import Event
from sessions.wire.signals import PageInfo
from tests.sessions.factories import a_member, a_stream, store_events

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
UNREGISTERED = {"Frame", "Membership"}
"""Frame has a composite key; memberships are edited with their project."""
MODELS = [model for model in apps.get_app_config("recordings").get_models() if model.__name__ not in UNREGISTERED]


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(a_member("root@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def hostile(objects: ObjectStore) -> Recording:
    page = PageInfo(url=f"https://shop.example/?{HOSTILE}", title=HOSTILE, referrer=HOSTILE)
    opened = a_stream(page=page, user_agent=HOSTILE, tab=HOSTILE)
    events = [
        Event(0, "identify", {"id": HOSTILE, "traits": {HOSTILE: HOSTILE}}),
        Event(1, "track", {"name": HOSTILE, "properties": {}}),
    ]
    store_events(opened.stream, events)
    seal_stream(stream_id=opened.stream.pk)
    store_events(opened.stream, [Event(2, "track", {"name": "hot", "properties": {}})], seq=2)
    Gap.objects.create(stream=opened.stream, first_seq=9, last_seq=9, at=1, cause="lost")
    refusal_count(project=opened.recording.project, code="unauthorized")
    api_token_create(member=a_member("alice@example.org"), name=HOSTILE)
    return opened.recording


def test_all_models_are_there() -> None:
    registered = {model.__name__ for model in admin.site._registry if model._meta.app_label == "recordings"}
    assert registered == {model.__name__ for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_and_rows_escape_what_strangers_wrote(superuser: Client, hostile: Recording, model: type) -> None:
    name = f"admin:recordings_{model.__name__.lower()}"
    pages = [reverse(f"{name}_changelist")]
    pages += [reverse(f"{name}_change", args=[row.pk]) for row in model.objects.all()]  # type: ignore[attr-defined]
    for page in pages:
        answer = superuser.get(page)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    search = superuser.get(pages[0], {"q": "x"})
    assert search.status_code == 200


def test_machines_rows_are_not_to_be_changed(superuser: Client, hostile: Recording) -> None:
    for model in (Segment, Marker, Gap):
        name = f"admin:recordings_{model.__name__.lower()}"
        row = model.objects.all()[0]
        assert superuser.get(reverse(f"{name}_add")).status_code == 403
        assert superuser.post(reverse(f"{name}_change", args=[row.pk]), {"label": "x"}).status_code == 403
        assert superuser.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_deleting_takes_the_objects_too(superuser: Client, hostile: Recording, objects: ObjectStore) -> None:
    assert list(objects.list())
    assert Frame.objects.exists()
    url = reverse("admin:recordings_recording_delete", args=[hostile.pk])
    assert superuser.get(url).status_code == 200
    assert superuser.post(url, {"post": "yes"}).status_code == 302
    assert not Recording.objects.exists()
    assert not list(objects.list())


@pytest.mark.django_db(transaction=True)
def test_deleting_a_visitor_in_the_list(superuser: Client, hostile: Recording, objects: ObjectStore) -> None:
    data = {"action": "delete_selected", "_selected_action": [str(hostile.visitor_id)], "post": "yes"}
    answer = superuser.post(reverse("admin:recordings_visitor_changelist"), data)
    assert answer.status_code == 302
    assert not Visitor.objects.exists()
    assert not list(objects.list())


def test_streams_show_how_many_frames_are_hot(superuser: Client) -> None:
    for count in (0, 2):
        store_events(a_stream().stream, [Event(n, "track", {"name": "n", "properties": {}}) for n in range(count)])
    with CaptureQueriesContext(connection) as asked:
        page = superuser.get(reverse("admin:recordings_stream_changelist"))
    assert [stream.hot for stream in page.context["cl"].result_list] == [0, 2]
    assert not [query["sql"] for query in asked if 'JOIN "recordings_frame"' in query["sql"]], "counts those of all"


def test_a_member_is_made_without_a_user_name(superuser: Client) -> None:
    data = {
        "email": "carol@example.org",
        "usable_password": "true",
        "password1": "a b c d 1 2",
        "password2": "a b c d 1 2",
    }
    assert superuser.post(reverse("admin:recordings_member_add"), data).status_code == 302
