"""Fixes the range that is sealed next in a `Sealing` row, so that every attempt seals the same frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField
from django.db.models.functions import Length, Substr
from django.utils import timezone

from sessions.models import Gap, Recording, Sealing, Stream
from sessions.services import objects_prefix
from sessions.wire.frame import HEADER, HEADER_BYTES

from .plan import HotFrame, plan

STALE_AFTER: Final = timedelta(seconds=60)
"""A claim this old is taken over. Too early is harmless: the first to finish wins."""
GIVE_UP_AFTER: Final = timedelta(seconds=60)
"""How long after an ended stream's last sign of life its holes count as lost."""
_RAW_LENGTH: Final = 10
"""Place of the raw length among the header's fields."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to try to seal one range."""

    project_id: UUID
    recording_id: UUID
    stream_id: UUID
    first_seq: int
    last_seq: int
    attempt: int

    def key(self, attempt: int | None = None) -> str:
        """The object's key, of this attempt or another."""
        prefix = objects_prefix(project_id=self.project_id, recording_id=self.recording_id)
        return f"{prefix}/{self.stream_id}/{self.first_seq}-{self.last_seq}.{attempt or self.attempt}.sl"


def claim(*, stream_id: UUID) -> Claim | None:
    """The stream's next range, or the one whose claim went stale. None: nothing to do, or another process is at it."""
    with transaction.atomic():
        stream = Stream.objects.select_for_update(no_key=True).filter(pk=stream_id).first()
        if stream is None:
            return None
        recording = Recording.objects.get(pk=stream.recording_id)
        sealing = Sealing.objects.filter(stream=stream).first()
        if sealing is None:
            sealing = _new_claim(stream, is_over=is_over(stream, recording))
        elif sealing.claimed_at > timezone.now() - STALE_AFTER:
            return None
        if sealing is None:
            return None
        sealing.attempt += 1
        sealing.claimed_at = timezone.now()
        sealing.save()
    return Claim(recording.project_id, recording.pk, stream.pk, sealing.first_seq, sealing.last_seq, sealing.attempt)


def is_over(stream: Stream, recording: Recording) -> bool:
    """Whether frames that are missing will not come any more."""
    if not recording.takes_streams:
        return True
    return stream.ended_at is not None and stream.seen_at < timezone.now() - GIVE_UP_AFTER


def _new_claim(stream: Stream, *, is_over: bool) -> Sealing | None:
    expected = stream.sealed_to + 1
    max_bytes = settings.SEAL_BYTES * 4
    planned = plan(_hot_frames(stream), expected=expected, is_over=is_over, max_bytes=max_bytes)
    if planned is None:
        return None
    if planned.first_seq > expected:
        _give_up(stream, expected, planned.first_seq - 1, planned.at)
    return Sealing(stream=stream, first_seq=planned.first_seq, last_seq=planned.last_seq)


def _give_up(stream: Stream, first: int, last: int, at: int) -> None:
    Gap.objects.create(stream=stream, first_seq=first, last_seq=last, at=at, cause="lost")
    stream.sealed_to = last
    stream.save(update_fields=["sealed_to"])


def _hot_frames(stream: Stream) -> Iterator[HotFrame]:
    rows = (
        stream.frames.filter(seq__gt=stream.sealed_to)
        .order_by("seq")
        .annotate(size=Length("body"), head=Substr("body", 1, HEADER_BYTES, output_field=BinaryField()))
        .values_list("seq", "flags", "size", "head", "first_at")
    )
    for seq, flags, size, head, first_at in rows.iterator(chunk_size=256):
        yield HotFrame(seq, flags, size, _raw_length(bytes(head)), first_at)


def _raw_length(head: bytes) -> int:
    return int(HEADER.unpack(head)[_RAW_LENGTH]) if len(head) == HEADER_BYTES else 0
