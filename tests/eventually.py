"""Waiting in tests: for a reason to go away, never for a fixed time.

A check returns why it is not so yet, or None when it is. The last reason is what a timeout prints.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable

POLL_SECONDS = 0.02

type Reason = str | None


async def eventually(check: Callable[[], Reason | Awaitable[Reason]], timeout: float = 10.0) -> None:
    """Wait until `check` (plain or async) returns None. Raises AssertionError with its last reason."""
    deadline = time.monotonic() + timeout
    while (reason := await _ask(check)) is not None:
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout:g} s: {reason}")
        await asyncio.sleep(POLL_SECONDS)


def eventually_sync(check: Callable[[], Reason], timeout: float = 10.0) -> None:
    """The same without a loop."""
    deadline = time.monotonic() + timeout
    while (reason := check()) is not None:
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout:g} s: {reason}")
        time.sleep(POLL_SECONDS)


async def _ask(check: Callable[[], Reason | Awaitable[Reason]]) -> Reason:
    answer = check()
    return await answer if isawaitable(answer) else answer
