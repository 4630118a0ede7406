"""The ORM from async code: a few threads of our own.

`database_sync_to_async` shares one thread for the whole process unless a context is opened for each connection, and
then costs a thread for each; so one socket that waits for the database would hold up all others.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from sessions.wire.errors import Unavailable

logger = structlog.get_logger(__name__)

THREADS: Final = 8
ANSWER_SECONDS: Final = 4.0
"""A peer that waits is told `unavailable` then, before it takes the link for dead."""

_executor: ThreadPoolExecutor | None = None


async def in_database[**P, T](call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run sync Django code in a thread. Raises `Unavailable` where the database is away or slow."""
    loop = asyncio.get_running_loop()
    work = loop.run_in_executor(_threads(), lambda: _with_connection(lambda: call(*args, **kwargs)))
    try:
        return await asyncio.wait_for(work, ANSWER_SECONDS)
    except TimeoutError as error:
        raise Unavailable("database") from error
    except (DatabaseError, InterfaceError) as error:
        logger.warning("database.away", error=str(error))
        raise Unavailable("database") from error


def close_threads() -> None:
    """End the threads; the next call makes new ones."""
    global _executor
    if _executor is not None:
        _executor.shutdown(wait=True, cancel_futures=True)
        _executor = None


def _threads() -> ThreadPoolExecutor:
    global _executor
    if _executor is None:
        _executor = ThreadPoolExecutor(THREADS, thread_name_prefix="signaling-db")
    return _executor


def _with_connection[T](call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
