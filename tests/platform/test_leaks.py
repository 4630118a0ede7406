"""The leak checks see what they are there for."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator

import pytest
from aiortc import RTCPeerConnection

from tests.support import leaks


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(leaks, "GRACE_SECONDS", 0.1)
        yield


def test_a_thread_is_seen() -> None:
    leave = threading.Event()
    thread = threading.Thread(target=leave.wait, name="forgotten")
    with pytest.raises(AssertionError, match=r"threads left behind: .'forgotten'"), leaks.no_leaks():
        thread.start()
    leave.set()
    thread.join()


def test_a_child_process_is_seen() -> None:
    with pytest.raises(AssertionError, match=r"processes left behind: .*sleep 60"), leaks.no_leaks():
        child = subprocess.Popen(["sleep", "60"])
    child.kill()
    child.wait()


async def test_an_open_peer_connection_is_seen() -> None:
    with pytest.raises(AssertionError, match="1 peer connections left open"), leaks.no_leaks():
        peer = RTCPeerConnection()
    await peer.close()


async def test_a_task_is_seen() -> None:
    before = asyncio.all_tasks()
    task = asyncio.create_task(asyncio.sleep(60), name="forgotten")
    with pytest.raises(AssertionError, match=r"asyncio tasks left behind: .*forgotten"):
        await leaks.no_leaked_tasks(before)
    task.cancel()


async def test_coroutine_tests_are_given_the_task_check(request: pytest.FixtureRequest) -> None:
    assert "no_leaked_tasks" in request.fixturenames


def test_what_is_put_away_is_no_leak() -> None:
    with leaks.no_leaks():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        subprocess.run(["true"], check=True)
