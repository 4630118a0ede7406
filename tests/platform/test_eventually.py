"""The waiting itself."""

import pytest

from tests.eventually import eventually, eventually_sync


async def test_waits_until_there_is_no_reason() -> None:
    answers = ["not yet", "nearly", None]
    await eventually(lambda: answers.pop(0))
    assert answers == []


async def test_takes_coroutines() -> None:
    answers = ["not yet", None]

    async def ask() -> str | None:
        return answers.pop(0)

    await eventually(ask)
    assert answers == []


async def test_a_timeout_tells_the_last_reason() -> None:
    with pytest.raises(AssertionError, match=r"after 0\.05 s: the kettle is cold"):
        await eventually(lambda: "the kettle is cold", timeout=0.05)


def test_without_a_loop() -> None:
    answers = ["not yet", None]
    eventually_sync(lambda: answers.pop(0))
    with pytest.raises(AssertionError, match=r"after 0 s: never"):
        eventually_sync(lambda: "never", timeout=0)
