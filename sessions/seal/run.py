"""Seals what a stream has: claim, build, put, finish, and again until what was there at the beginning is sealed."""

import time
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Max

from sessions import metrics
from sessions.failpoints import failpoint
from sessions.models import Frame
from sessions.objects import object_store

from .build import Built, StoredFrame, build
from .claim import Claim, claim
from .finish import finish

logger = structlog.get_logger(__name__)

MAX_RANGES: Final = 64
"""Ranges that one call seals; the sweep finds the rest."""


def seal_stream(*, stream_id: UUID) -> int:
    """Answers how many ranges were sealed.

    What comes meanwhile waits for its own time: a visitor who is faster than sealing would fill the store with crumbs.
    """
    last = Frame.objects.filter(stream=stream_id).aggregate(last=Max("seq"))["last"]
    for done in range(MAX_RANGES):
        claimed = claim(stream_id=stream_id)
        if claimed is None:
            return done
        seal_range(claimed)
        if last is None or claimed.last_seq >= last:
            return done + 1
    return MAX_RANGES


def seal_range(claimed: Claim) -> bool:
    """One attempt. False where another attempt was first or the stream is gone; its object is then taken back."""
    started = time.monotonic()
    failpoint("seal.claimed")
    built = build(_rows(claimed))
    if built.data:
        object_store().put_new(claimed.key(), built.data)
    failpoint("seal.put")
    is_mine = finish(claimed, built)
    _tidy(claimed, is_mine=is_mine)
    if is_mine:
        metrics.SEAL_SECONDS.observe(time.monotonic() - started)
        _tell(claimed, built)
    return is_mine


def _rows(claimed: Claim) -> Iterator[StoredFrame]:
    """Read outside a transaction: a long one would keep SQLite's log from being shortened."""
    found = Frame.objects.filter(
        stream_id=claimed.stream_id, seq__gte=claimed.first_seq, seq__lte=claimed.last_seq
    ).order_by("seq")
    for seq, flags, link, first_at, body in found.values_list("seq", "flags", "link", "first_at", "body").iterator(
        chunk_size=64
    ):
        yield StoredFrame(seq, flags, link, first_at, bytes(body))


def _tidy(claimed: Claim, *, is_mine: bool) -> None:
    """Objects of earlier attempts are named by no row; of a lost race, this one's neither."""
    left = [claimed.key(attempt) for attempt in range(1, claimed.attempt)]
    if not is_mine:
        left = [claimed.key()]
    if left:
        object_store().delete(left)


def _tell(claimed: Claim, built: Built) -> None:
    metrics.FRAMES_SEALED.inc(built.frames)
    metrics.SEALED_BYTES.inc(len(built.data))
    for run in built.corrupt:
        metrics.FRAMES_DROPPED.labels("corrupt").inc(run.last_seq - run.first_seq + 1)
    logger.info(
        "range.sealed",
        stream=str(claimed.stream_id),
        first_seq=claimed.first_seq,
        last_seq=claimed.last_seq,
        attempt=claimed.attempt,
        bytes=len(built.data),
        corrupt=len(built.corrupt),
    )
