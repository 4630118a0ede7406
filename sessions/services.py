"""Writes over several rows, storage or time. Keyword-only functions; the network, the pages and the tasks call them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import tokens
from .devices import device_of
from .models import ApiToken, Frame, Member, Membership, Project, Recording, Refusal, Stream, Visitor
from .objects import ObjectError, object_store
from .text import clean
from .wire.errors import Forbidden, RecordingEnded, Unauthorized
from .wire.signals import Hello

logger = structlog.get_logger(__name__)

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
TOKEN_USED_EVERY = timedelta(minutes=1)
"""How often the use of an API token is written down."""


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """What a collector is welcomed with."""

    recording: Recording
    stream: Stream
    visitor: Visitor
    token: str
    """Write token of the stream."""
    handle: str
    """For the browser to say next time."""


def project_for_key(*, key: str, origin: str) -> Project:
    """The project of a public key. `origin` is the request's Origin header, "" if there is none.

    Raises `Unauthorized` for an unknown key, `Forbidden` for an origin that the project does not take.
    """
    project = Project.objects.filter(key=key).first() if "\0" not in key else None
    if project is None:
        raise Unauthorized("key")
    if not origin_is_allowed(project.allowed_origins, origin):
        raise Forbidden("origin")
    return project


def origin_is_allowed(allowed: list[str], origin: str) -> bool:
    if not allowed:
        return True
    if "loopback" in allowed and _is_loopback(origin):
        return True
    return origin.lower() in {entry.rstrip("/").lower() for entry in allowed}


def _is_loopback(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK_HOSTS
    except ValueError:
        return False


def stream_open(*, project: Project, hello: Hello) -> StreamOpened:
    """A stream for the page load that says hello.

    With the stream's own write token: that stream again. With a handle: a stream in the handle's recording while that
    takes streams, else in a new recording of the same visitor. Without: everything new.
    Raises `RecordingEnded` where the token's stream is not to be had any more.
    """
    if hello.token:
        return _stream_resume(project=project, token=hello.token)
    began_at = timezone.now() - timedelta(milliseconds=hello.at)
    with transaction.atomic():
        handle = _read_handle(project, hello.handle)
        recording = _open_recording(handle) or _new_recording(project, hello, handle, began_at)
        stream = Stream.objects.create(
            recording=recording,
            tab=clean(hello.tab, 64),
            url=clean(hello.page.url),
            title=_title(project, hello),
            collector=clean(hello.collector, 32),
            began_at=began_at,
        )
        Recording.objects.filter(pk=recording.pk).update(pages=F("pages") + 1)
    logger.info("stream.opened", recording=str(recording.pk), stream=str(stream.pk))
    return _opened(stream)


def _title(project: Project, hello: Hello) -> str:
    """A page says hello before it knows its policy; under the strict one a title is a text like any other."""
    return "" if project.policy == Project.Policy.STRICT else clean(hello.page.title)


def _stream_resume(*, project: Project, token: str) -> StreamOpened:
    try:
        write = tokens.read_write(token)
    except Unauthorized as error:
        raise RecordingEnded("token") from error
    stream = (
        Stream.objects.select_related("recording__visitor")
        .filter(pk=write.stream, recording__project=project, recording__ended_at=None)
        .first()
    )
    if stream is None:
        raise RecordingEnded(str(write.stream))
    return _opened(stream)


def _opened(stream: Stream) -> StreamOpened:
    recording = stream.recording
    return StreamOpened(
        recording,
        stream,
        recording.visitor,
        tokens.sign_write(tokens.WriteToken(recording.project_id, recording.pk, stream.pk)),
        tokens.sign_handle(tokens.Handle(recording.project_id, recording.visitor_id, recording.pk)),
    )


def _read_handle(project: Project, text: str) -> tokens.Handle | None:
    """A handle that is not to be read or is another project's is as none: the browser begins anew."""
    try:
        handle = tokens.read_handle(text) if text else None
    except Unauthorized:
        return None
    return handle if handle and handle.project == project.pk else None


def _open_recording(handle: tokens.Handle | None) -> Recording | None:
    """The handle's recording if it takes streams. Its row stays locked, so that it is not ended meanwhile."""
    if handle is None:
        return None
    found = Recording.objects.select_for_update(no_key=True, of=("self",)).select_related("visitor")
    recording = found.filter(pk=handle.recording, project=handle.project).first()
    if recording is None or not recording.takes_streams:
        return None
    recording.active_at = recording.seen_at = timezone.now()
    recording.save(update_fields=["active_at", "seen_at"])
    return recording


def _new_recording(project: Project, hello: Hello, handle: tokens.Handle | None, started_at: datetime) -> Recording:
    known = Visitor.objects.filter(pk=handle.visitor, project=project).first() if handle else None
    device = device_of(hello.device.user_agent)
    now = timezone.now()
    return Recording.objects.create(
        project=project,
        visitor=known or Visitor.objects.create(project=project),
        policy=project.policy,
        started_at=started_at,
        active_at=now,
        seen_at=now,
        entry_url=clean(hello.page.url),
        title=_title(project, hello),
        referrer=clean(hello.page.referrer),
        user_agent=clean(hello.device.user_agent),
        browser=device.browser,
        os=device.os,
        device=device.kind,
        language=clean(hello.device.language, 64),
        timezone=clean(hello.device.timezone, 64),
        screen_width=hello.device.screen_width,
        screen_height=hello.device.screen_height,
    )


def refusal_count(*, project: Project, code: str, count: int = 1) -> None:
    """Adds to today's refusals of the project's key for this reason."""
    row = {"project": project, "day": timezone.now().date(), "code": code}
    Refusal.objects.bulk_create([Refusal(**row)], ignore_conflicts=True)
    Refusal.objects.filter(**row).update(count=F("count") + count)


def recording_finalize(*, recording_id: UUID) -> bool:
    """Ends a recording that is idle and whose frames are all sealed. False where that is not so (yet)."""
    with transaction.atomic():
        # Streams first, then the recording: the order of all locks (sessions/log/commit.py).
        list(Stream.objects.select_for_update(no_key=True).filter(recording=recording_id).order_by("pk"))
        recording = Recording.objects.select_for_update(no_key=True).filter(pk=recording_id, ended_at=None).first()
        if recording is None or recording.takes_streams:
            return False
        if Frame.objects.filter(stream__recording=recording_id).exists():
            return False
        now = timezone.now()
        Stream.objects.filter(recording=recording_id, ended_at=None).update(ended_at=now)
        recording.ended_at = now
        recording.save(update_fields=["ended_at"])
    logger.info("recording.finalized", recording=str(recording_id))
    return True


def recording_delete(*, recording: Recording) -> None:
    """Deletes the recording, rows and objects. What its links still send is refused with `RecordingEnded`.

    Objects go behind the commit; one that is put or left behind at that very moment is found by `recordings.prune`.
    """
    while not _delete_rows(recording):
        pass
    logger.info("recording.deleted", recording=str(recording.pk))


def _delete_rows(recording: Recording) -> bool:
    """False where a stream joined between the two locks: to lock it now would be against the order."""
    with transaction.atomic():
        # Streams first, then the recording, which none can join from then on (sessions/log/commit.py).
        streams = _locked_streams(recording.pk)
        list(Recording.objects.select_for_update().filter(pk=recording.pk))
        if Stream.objects.filter(recording=recording.pk).exclude(pk__in=streams).exists():
            return False
        Recording.objects.filter(pk=recording.pk).delete()
        prefix = objects_prefix(project_id=recording.project_id, recording_id=recording.pk)
        transaction.on_commit(partial(_delete_objects, prefix))
    return True


def _locked_streams(recording_id: UUID) -> list[UUID]:
    found = Stream.objects.select_for_update().filter(recording=recording_id).order_by("pk")
    return list(found.values_list("pk", flat=True))


def objects_prefix(*, project_id: UUID, recording_id: UUID) -> str:
    """The folder of a recording's objects."""
    return f"{project_id}/{recording_id}"


def _delete_objects(prefix: str) -> None:
    store = object_store()
    try:
        store.delete([found.key for found in store.list(prefix)])
    except ObjectError:
        logger.exception("objects.delete_failed", prefix=prefix)


def visitor_delete(*, project: Project, external_id: str) -> int:
    """Deletes every visitor whom the site calls so, with all recordings. Answers how many recordings that were."""
    visitors = list(Visitor.objects.filter(project=project, external_id=external_id).exclude(external_id=""))
    return visitors_delete(visitors=visitors)


def visitors_delete(*, visitors: Iterable[Visitor]) -> int:
    """The same for visitors that are at hand."""
    deleted = 0
    for visitor in visitors:
        for recording in visitor.recordings.all():
            recording_delete(recording=recording)
            deleted += 1
        visitor.delete()
    return deleted


def api_token_create(*, member: Member, name: str) -> tuple[ApiToken, str]:
    """A new API token, and the text of it, which is shown this once."""
    plain = "slt_" + secrets.token_urlsafe(32)
    return ApiToken.objects.create(member=member, name=name, digest=ApiToken.digest_of(plain)), plain


def member_for_token(plain: str) -> Member | None:
    """The active member whose API token this is; None where it is nobody's."""
    token = ApiToken.objects.select_related("member").filter(digest=ApiToken.digest_of(plain)).first()
    if token is None or not token.member.is_active:
        return None
    now = timezone.now()
    if token.used_at is None or token.used_at < now - TOKEN_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token.member


@transaction.atomic
def project_create(*, name: str, owner: Member, policy: str = Project.Policy.STRICT) -> Project:
    """A new project with its own key; `owner` may do all in it."""
    project = Project.objects.create(name=name, policy=policy)
    Membership.objects.create(project=project, member=owner, role=Membership.Role.OWNER)
    return project
