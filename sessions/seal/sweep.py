"""Finds work by query, whatever messages were lost: streams to seal, recordings to end, objects without a row."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import batched
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Min, Q, Sum
from django.db.models.functions import Length
from django.utils import timezone

from sessions.models import Frame, Project, Recording, Sealing, Segment
from sessions.objects import ObjectStore, StoredObject, object_store

from .claim import STALE_AFTER

logger = structlog.get_logger(__name__)

PRUNE_AFTER: Final = timedelta(hours=1)
"""Age at which an object without a row is left over: far above the longest a sealing task may take."""
_CHUNK: Final = 500


def streams_to_seal() -> list[UUID]:
    """Streams whose oldest hot frame is SEAL_AFTER_MS old or which have SEAL_BYTES of them, and stale claims."""
    now = timezone.now()
    fresh = Sealing.objects.filter(claimed_at__gt=now - STALE_AFTER).values("stream_id")
    is_old = Q(oldest__lt=now - timedelta(milliseconds=settings.SEAL_AFTER_MS))
    is_much = Q(size__gte=settings.SEAL_BYTES)
    due = (
        Frame.objects.exclude(stream_id__in=fresh)
        .order_by()
        .values("stream_id")
        .annotate(oldest=Min("received_at"), size=Sum(Length("body")))
        .filter(is_old | is_much)
        .values_list("stream_id", flat=True)
    )
    stale = Sealing.objects.filter(claimed_at__lte=now - STALE_AFTER).values_list("stream_id", flat=True)
    return list({*due, *stale})


def recordings_to_finalize() -> list[UUID]:
    """Open recordings without an event for RECORDING_IDLE_MS."""
    idle_since = timezone.now() - timedelta(milliseconds=settings.RECORDING_IDLE_MS)
    return list(Recording.objects.filter(ended_at=None, active_at__lte=idle_since).values_list("pk", flat=True))


def prune_objects(*, older_than: timedelta = PRUNE_AFTER) -> int:
    """Deletes objects that no segment names: of attempts that were killed, of recordings deleted meanwhile.

    Only those of projects that the database has: connected to a wrong or an empty one, it deletes nothing of others.
    Answers how many were deleted.
    """
    store = object_store()
    deleted = 0
    for chunk in batched(_old_segments(_of_known_projects(store), older_than), _CHUNK, strict=False):
        left = _unnamed(chunk)
        store.delete(left)
        deleted += len(left)
    if deleted:
        logger.info("objects.pruned", objects=deleted)
    return deleted


def _of_known_projects(store: ObjectStore) -> Iterator[StoredObject]:
    for project_id in Project.objects.order_by("pk").values_list("pk", flat=True):
        yield from store.list(str(project_id))


def _old_segments(listing: Iterable[StoredObject], older_than: timedelta) -> Iterator[str]:
    cutoff = timezone.now() - older_than
    return (found.key for found in listing if found.key.endswith(".sl") and found.modified_at <= cutoff)


def _unnamed(keys: Iterable[str]) -> list[str]:
    wanted = set(keys)
    return sorted(wanted - set(Segment.objects.filter(object_key__in=wanted).values_list("object_key", flat=True)))
