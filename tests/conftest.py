"""Fixtures for all tests. Those of one package stand in its own folder."""

import asyncio
import inspect
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings as django_settings
from playwright.sync_api import Browser

from tests.support import leaks, servers, stack
from tests.support.chromium import chromium as run_chromium
from tests.support.servers import Service
from tests.support.stack import Stack


@pytest.fixture(scope="session", autouse=True)
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A VAR_DIR of this run's own, so that tests touch neither the checkout's nor another run's."""
    folder = tmp_path_factory.mktemp("var")
    django_settings.VAR_DIR = folder
    django_settings.OBJECTS_DIR = folder / "objects"
    return folder


@pytest.fixture(scope="session", autouse=True)
def less_work() -> None:
    """What costs time in each test and is tried with the real processes: slow hashes, a look at every static file."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(var_dir: Path) -> None:
    """pytest-django's hook before it makes the test database: a file of this run's own."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = var_dir / "test.sqlite3"


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fails a test that leaves threads, child processes or open peer connections (style 15)."""
    with leaks.no_leaks():
        yield


@pytest.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    """Fails a coroutine test that leaves asyncio tasks; given to each of them below."""
    before = asyncio.all_tasks()
    yield
    if isinstance(layer := channel_layers.backends.get("default"), RedisPubSubChannelLayer):
        await layer.flush()  # the process's own, with a task and a connection for each loop
    await leaks.no_leaked_tasks(before)


def pytest_configure() -> None:
    """TERM ends a run as Ctrl+C does, so that no server or browser is left behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
            item.fixturenames.insert(0, "no_leaked_tasks")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failing test shows the ends of the logs of the processes that it ran."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.failed:
        for shown in stack.RUNNING:
            report.sections.extend((f"log of {name}", text) for name, text in shown.logs().items())
    if report.when == "teardown":
        stack.RUNNING[:] = [running for running in stack.RUNNING if running.is_up]


@pytest.fixture
def embedded_stack(tmp_path: Path) -> Iterator[Stack]:
    """The product in one process."""
    with Stack.embedded(tmp_path) as running:
        yield running


@pytest.fixture
def production_stack(tmp_path: Path) -> Iterator[Stack]:
    """The product on PostgreSQL, Redis and S3, with an agent, a worker and beat of their own."""
    with Stack.production(tmp_path) as running:
        yield running


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """The system's Chromium. `browser.new_context()` for each person who sits before it."""
    with run_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def postgres() -> Iterator[Service]:
    with servers.postgres() as service:
        yield service


@pytest.fixture(scope="module")
def redis() -> Iterator[Service]:
    with servers.redis() as service:
        yield service


@pytest.fixture(scope="module")
def s3() -> Iterator[Service]:
    """An S3 server with the bucket `servers.BUCKET`; `servers.s3_environment(s3.url)` are its settings."""
    with servers.s3() as service:
        yield service
