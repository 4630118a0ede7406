"""Recordings: list, one, playlist, watch, delete."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from replay.api.filters import ListQuery
from replay.api.problems import Problem
from replay.api.schemas import PlaylistOut, ProblemOut, RecordingDetail, RecordingsOut, WatchOut, recording_out
from replay.current import current_streams
from replay.pages import socket_origin
from replay.rights import member_of, owns, recording_for
from sessions import selectors
from sessions.models import Recording
from sessions.services import recording_delete
from sessions.tokens import WatchToken, sign_watch

router = Router(tags=["Recordings"])
NO = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut}


def page_of(recording: Recording) -> str:
    return f"{settings.APP_ORIGIN}/sessions/{recording.pk}"


@router.get("recordings", response={200: RecordingsOut, 400: ProblemOut, 401: ProblemOut}, summary="List recordings")
def list_recordings(request: HttpRequest, query: Query[ListQuery]) -> dict[str, Any]:
    """Newest first, `limit` on a page. `?live=true` gives the visitors who are online now."""
    found = selectors.recording_list(
        member=member_of(request), filters=query.filters(), cursor=query.cursor, limit=query.limit
    )
    current = current_streams(found.items)
    items = [recording_out(each, current.get(each.pk), url=page_of(each)) for each in found.items]
    return {"items": items, "next_cursor": found.next_cursor or None}


@router.get("recordings/{uuid:recording_id}", response={200: RecordingDetail, **NO}, summary="One recording")
def get_recording(request: HttpRequest, recording_id: UUID) -> dict[str, Any]:
    recording = recording_for(member_of(request), recording_id)
    current = current_streams([recording]).get(recording.pk)
    return {
        **recording_out(recording, current, url=page_of(recording)),
        "user_agent": recording.user_agent,
        "stored_bytes": recording.stored_bytes,
        "streams": recording.streams.count(),
        "links": selectors.links(recording=recording),
    }


@router.get("recordings/{uuid:recording_id}/playlist", response={200: PlaylistOut, **NO}, summary="Playlist")
def get_playlist(request: HttpRequest, recording_id: UUID) -> dict[str, Any]:
    """Streams with their segments, hot frames and gaps, and the markers: what a player needs to load the rest."""
    return selectors.playlist(recording=recording_for(member_of(request), recording_id))


@router.post("recordings/{uuid:recording_id}/watch", response={200: WatchOut, **NO}, summary="Watch live")
def watch(request: HttpRequest, recording_id: UUID) -> dict[str, str]:
    """A single-use token for one connection, and where to connect."""
    member = member_of(request)
    recording = recording_for(member, recording_id)
    token = sign_watch(WatchToken(member.pk, recording.pk))
    return {"token": token, "signal": f"{socket_origin()}/ws/signal", "watch": f"{socket_origin()}/ws/watch"}


@router.delete("recordings/{uuid:recording_id}", response={204: None, **NO}, summary="Delete a recording")
def delete_recording(request: HttpRequest, recording_id: UUID) -> Status[None] | HttpResponse:
    """Rows and objects, for good; also while it is live. Owners of the project only."""
    member = member_of(request)
    recording = recording_for(member, recording_id)
    if not owns(member, recording.project):
        raise Problem(403, "forbidden", "Only owners of the project may delete.")
    recording_delete(recording=recording)
    return Status(204, None)
