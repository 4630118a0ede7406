"""Celery tasks: adapters that take ids. Each may run twice, at once, or never: the sweep finds all work by query.

Names are explicit, so that moving a module orphans no queued message. Messages expire, since each sweep sends new ones:
while no worker runs they would pile up, and be worked off for nothing when one comes.
"""

from typing import Final
from uuid import UUID

from celery import shared_task

from .models import Frame
from .seal.run import seal_stream
from .seal.sweep import prune_objects, recordings_to_finalize, streams_to_seal
from .services import recording_finalize

EXPIRES_SECONDS: Final = 60
"""Some sweeps long, so that a worker that is behind does not lose its place in the queue."""


@shared_task(name="recordings.seal", expires=EXPIRES_SECONDS)  # type: ignore[untyped-decorator]  # Celery has no types
def seal(stream_id: str) -> None:
    """Seals what the stream has."""
    seal_stream(stream_id=UUID(stream_id))


@shared_task(name="recordings.finalize", expires=EXPIRES_SECONDS)  # type: ignore[untyped-decorator]  # Celery has no types
def finalize(recording_id: str) -> None:
    """Seals the rest of an idle recording and ends it."""
    recording = UUID(recording_id)
    hot = Frame.objects.filter(stream__recording=recording).order_by().values_list("stream_id", flat=True).distinct()
    for stream_id in list(hot):
        seal_stream(stream_id=stream_id)
    recording_finalize(recording_id=recording)


@shared_task(name="recordings.sweep")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep() -> None:
    """Every 10 s: enqueues what the queries find."""
    for stream_id in streams_to_seal():
        seal.delay_on_commit(str(stream_id))
    for recording_id in recordings_to_finalize():
        finalize.delay_on_commit(str(recording_id))


@shared_task(name="recordings.prune")  # type: ignore[untyped-decorator]  # Celery has no types
def prune() -> None:
    """Every hour: deletes objects that no row names."""
    prune_objects()
