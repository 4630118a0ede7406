"""Moves a sealed range over in one transaction: segment, markers, gaps, counters in; frames and claim out."""

import os
import socket
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max

from sessions.failpoints import failpoint
from sessions.models import Gap, Link, Marker, Recording, Sealing, Segment, Stream, Visitor
from sessions.traits import merged

from .build import Built
from .claim import Claim
from .findings import Findings

logger = structlog.get_logger(__name__)


def finish(claim: Claim, built: Built) -> bool:
    """False where there is nothing to finish any more: another attempt was first, or the stream was deleted."""
    with transaction.atomic():
        # Stream first, then recording: the order of all locks (sessions/log/commit.py).
        stream = Stream.objects.select_for_update(no_key=True).filter(pk=claim.stream_id).first()
        if stream is None or not _is_claimed(claim):
            return False
        recording = Recording.objects.select_for_update(no_key=True).get(pk=claim.recording_id)
        if built.data:
            segment = _insert_segment(recording, claim, built)
            _insert_markers(recording, segment, built.findings)
            _identify(recording.visitor_id, built.findings)
        Gap.objects.bulk_create(
            Gap(stream=stream, first_seq=run.first_seq, last_seq=run.last_seq, at=run.at, cause="corrupt")
            for run in built.corrupt
        )
        _count(recording, built)
        stream.frames.filter(seq__lte=claim.last_seq).delete()
        stream.sealed_to = claim.last_seq
        stream.save(update_fields=["sealed_to"])
        Sealing.objects.filter(stream=stream).delete()
        failpoint("seal.finish")
    failpoint("seal.finished")
    return True


def _is_claimed(claim: Claim) -> bool:
    """Whichever attempt it is by now: all attempts seal the same frames."""
    return Sealing.objects.filter(
        stream=claim.stream_id, first_seq=claim.first_seq, last_seq=claim.last_seq, attempt__gte=claim.attempt
    ).exists()


def _insert_segment(recording: Recording, claim: Claim, built: Built) -> Segment:
    last = recording.segments.aggregate(last=Max("n"))["last"]
    return Segment.objects.create(
        recording=recording,
        stream_id=claim.stream_id,
        n=0 if last is None else last + 1,
        first_seq=claim.first_seq,
        last_seq=claim.last_seq,
        first_at=built.first_at,
        last_at=built.last_at,
        snapshot_at=built.findings.snapshot_at,
        events=built.findings.events,
        frames_rtc=built.links[Link.RTC],
        frames_relay=built.links[Link.RELAY],
        frames_beacon=built.links[Link.BEACON],
        object_key=claim.key(),
        size=len(built.data),
        raw_size=built.raw_size,
        digest=built.digest,
        sealed_by=f"{socket.gethostname()}:{os.getpid()}",
    )


def _insert_markers(recording: Recording, segment: Segment, findings: Findings) -> None:
    if not findings.markers:
        return
    room = max(0, Marker.MOST - recording.markers.count())
    if (left := len(findings.markers) - room) > 0:
        logger.info("markers.left_out", recording=str(recording.pk), markers=left)
    Marker.objects.bulk_create(
        Marker(
            recording_id=segment.recording_id,
            stream_id=segment.stream_id,
            segment=segment,
            at=at,
            kind=kind,
            label=label,
        )
        for at, kind, label in findings.markers[:room]
    )


def _identify(visitor_id: UUID, findings: Findings) -> None:
    if not findings.external_id:
        return
    visitor = Visitor.objects.select_for_update(no_key=True).get(pk=visitor_id)
    visitor.external_id = findings.external_id
    visitor.traits = merged(visitor.traits, findings.traits)
    visitor.save(update_fields=["external_id", "traits"])


def _count(recording: Recording, built: Built) -> None:
    findings = built.findings
    recording.pages += findings.pages
    recording.clicks += findings.clicks
    recording.errors += findings.errors
    recording.failed_requests += findings.failed_requests
    recording.events += findings.events
    recording.stored_bytes += len(built.data)
    recording.save(update_fields=["pages", "clicks", "errors", "failed_requests", "events", "stored_bytes"])
