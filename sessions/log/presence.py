"""Presence: the streams that links serve just now are kept fresh. Sync Django."""

from collections.abc import Iterable
from itertools import batched
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from sessions.models import Recording, Stream

_CHUNK = 500
"""Ids in one statement."""


def touch(stream_ids: Iterable[UUID]) -> set[UUID]:
    """Says that these streams are online; answers those that are gone or whose recording has ended."""
    return {gone for chunk in batched(stream_ids, _CHUNK, strict=False) for gone in _touch(set(chunk))}


def _touch(stream_ids: set[UUID]) -> set[UUID]:
    open_ = dict(Stream.objects.filter(pk__in=stream_ids, recording__ended_at=None).values_list("pk", "recording_id"))
    now = timezone.now()
    with transaction.atomic():
        # Rows that are locked just now are being written to, which freshens them too.
        skip = connection.features.has_select_for_update_skip_locked
        streams = Stream.objects.select_for_update(skip_locked=skip, no_key=True).filter(pk__in=open_)
        Stream.objects.filter(pk__in=list(streams.values_list("pk", flat=True))).update(seen_at=now)
        recordings = Recording.objects.select_for_update(skip_locked=skip, no_key=True).filter(
            pk__in=set(open_.values()), ended_at=None
        )
        Recording.objects.filter(pk__in=list(recordings.values_list("pk", flat=True))).update(seen_at=now)
    return stream_ids - set(open_)
