"""Refusals of a project's key, for its owner to see. Counted here, written at most every FLUSH_SECONDS by one task, so
that a flood of refused peers is not a flood of writes."""

import asyncio
from collections import Counter
from typing import Final
from uuid import UUID

import structlog

from sessions.models import Project
from sessions.services import refusal_count
from sessions.wire.errors import FrameHole, OpenTimeout, RecordingEnded, Superseded, Unavailable, WireError

from .database import in_database

logger = structlog.get_logger(__name__)

FLUSH_SECONDS: Final = 2.0
ORDINARY: Final = (Superseded, OpenTimeout, FrameHole, RecordingEnded, Unavailable)
"""Links end so in the course of things: another took over, the page fell asleep, it is to resume or begin anew, or an
outage is ours. None of it is the key's."""


class Refusals:
    """The refusals of one process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[UUID | str, str]] = Counter()
        self._task: asyncio.Task[None] | None = None

    def note(self, project: UUID | str, error: WireError) -> None:
        """Count one of the project, known by its id or by its key."""
        if isinstance(error, ORDINARY):
            return
        self._counts[project, error.code] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._flush_soon(), name="refusals")

    async def aclose(self) -> None:
        """Write what was counted."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._flush()

    async def _flush_soon(self) -> None:
        await asyncio.sleep(FLUSH_SECONDS)
        await self._flush()

    async def _flush(self) -> None:
        counts, self._counts = self._counts, Counter()
        try:
            await in_database(_write, counts)
        except Unavailable:
            logger.warning("refusals.lost", count=counts.total())


def _write(counts: Counter[tuple[UUID | str, str]]) -> None:
    for (known, code), count in counts.items():
        project = Project.objects.filter(**{"key" if isinstance(known, str) else "pk": known}).first()
        if project is not None:
            refusal_count(project=project, code=code, count=count)
