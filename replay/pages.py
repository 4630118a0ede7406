"""The dashboard's pages: the list of sessions, who is online, the player. Adapters: parse, one call, format."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from replay.current import mark_current
from replay.forms import FilterForm
from replay.rights import member_of, owns, recording_for
from sessions.models import Project, Recording
from sessions.selectors import CursorInvalid, RecordingFilters, RecordingPage, recording_list
from sessions.services import recording_delete

LIVE_SHOWN: Final = 100
VISITS_SHOWN: Final = 8
TRAITS_SHOWN: Final = 20


def page(request: HttpRequest, template: str, section: str, **context: Any) -> HttpResponse:
    """A page inside the frame, with what the frame shows on all of them."""
    online = Recording.objects.for_member(member_of(request)).live().count()
    return render(request, template, {"section": section, "online": online, **context})


@require_safe
@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    form = FilterForm(request.GET, member=member)
    found = _find(form, request) if form.is_valid() else RecordingPage([], "")
    projects = list(Project.objects.for_member(member))
    return page(
        request,
        "replay/sessions.html",
        "sessions",
        form=form,
        recordings=found.items,
        next_cursor=found.next_cursor,
        paged=bool(found.next_cursor or request.GET.get("cursor")),
        filtered=not form.is_valid() or form.filtered or bool(request.GET.get("cursor")),
        has_any=bool(found.items),
        projects=projects,
        project=projects[0] if projects else None,
        **site(),
    )


def _find(form: FilterForm, request: HttpRequest) -> RecordingPage:
    try:
        return recording_list(
            member=member_of(request), filters=form.filters(), cursor=form.cleaned_data["cursor"], traits=False
        )
    except CursorInvalid:
        form.add_error(None, "The link to this page of the list is not valid any more.")
        return RecordingPage([], "")


def site() -> dict[str, str]:
    """Addresses that pages show: where the snippet loads from, and the demo shop where there is one."""
    return {
        "app_origin": settings.APP_ORIGIN,
        "socket_origin": socket_origin(),
        "demo_site": settings.DEMO_SITE,
    }


def socket_origin() -> str:
    """`wss://host` for `https://host`, `ws://` for `http://`."""
    return str(settings.APP_ORIGIN).replace("http", "ws", 1)


@require_safe
@never_cache
@login_required
def live(request: HttpRequest) -> HttpResponse:
    online = RecordingFilters(live=True)
    found = recording_list(member=member_of(request), filters=online, limit=LIVE_SHOWN, traits=False)
    return page(request, "replay/live.html", "live", recordings=mark_current(found.items), **site())


@require_safe
@never_cache
@login_required
def session(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The player. `t` is where it starts, in ms since the recording's start; a live one without `t` starts live."""
    member = member_of(request)
    recording = recording_for(member, recording_id)
    visits = Recording.objects.for_member(member).filter(visitor=recording.visitor_id).exclude(pk=recording.pk)
    return page(
        request,
        "replay/player.html",
        "player",
        recording=recording,
        visits=visits.order_by("-started_at")[:VISITS_SHOWN],
        traits=_traits(recording),
        may_delete=owns(member, recording.project),
        stage_origin=settings.STAGE_ORIGIN,
        start_ms=_start_ms(request),
    )


def _start_ms(request: HttpRequest) -> str:
    """Digits or nothing: it goes into an attribute that the player reads."""
    text = request.GET.get("t", "")
    return text if text.isascii() and text.isdigit() and len(text) <= 12 else ""


def _traits(recording: Recording) -> list[tuple[str, str]]:
    """What the site told about the visitor. Written by the page: any shape, any length."""
    traits = recording.visitor.traits
    if not isinstance(traits, dict):
        return []
    return [(str(name)[:64], str(value)[:256]) for name, value in list(traits.items())[:TRAITS_SHOWN]]


@login_required
def session_delete(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Asks, and deletes on POST. Owners only."""
    member = member_of(request)
    recording = recording_for(member, recording_id)
    if not owns(member, recording.project):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "replay/session_delete.html", {"recording": recording})
    recording_delete(recording=recording)
    messages.success(request, "The session was deleted.")
    return redirect("sessions")
