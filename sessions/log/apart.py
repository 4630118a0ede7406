"""The database does not take a group commit: each stream by itself, so that one cannot hold up all. Sync Django."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError

from sessions.wire.errors import Unavailable

from .commit import Outcome, commit
from .stream import Entry

logger = structlog.get_logger(__name__)


def commit_apart(entries: Sequence[Entry]) -> Outcome:
    """Refuses the streams that fail. Raises where all do and the rows are not to blame: the database is away then,
    read-only after a failover for one.
    """
    outcome, failed = Outcome(), dict[UUID, Exception]()
    for stream_id, own in _by_stream(entries).items():
        try:
            one = commit(own)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            failed[stream_id] = error
        else:
            outcome.sealed_to.update(one.sealed_to)
            outcome.refused.update(one.refused)
    if not outcome.sealed_to and not outcome.refused:
        _raise_what_is_not_about_rows(failed)
    for stream_id, failure in failed.items():
        logger.error("frame.refused_by_database", stream=str(stream_id), exc_info=failure)
        outcome.refused[stream_id] = Unavailable("the frames cannot be stored")
    return outcome


def is_about_rows(error: Exception) -> bool:
    """Not about the state of the database, so that to try again later helps nobody."""
    return isinstance(error, DataError | IntegrityError) or not isinstance(error, Error)


def _by_stream(entries: Sequence[Entry]) -> dict[UUID, list[Entry]]:
    found: dict[UUID, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.frame.stream, []).append(entry)
    return found


def _raise_what_is_not_about_rows(failed: dict[UUID, Exception]) -> None:
    for failure in failed.values():
        if not is_about_rows(failure):
            raise failure
