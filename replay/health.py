"""Is everything there? Each check runs in a thread of its own and is given up after a moment, so that the answer
comes quickly also when a part hangs."""

import tomllib
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, dataclass
from functools import cache
from time import monotonic
from typing import Any, Final

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sessions.log.writer import writer_state
from sessions.models import AgentNode
from sessions.objects import object_store

PATIENCE_S: Final = 2.0
OBJECTS_EVERY_S: Final = 10.0
"""Writing an object costs a sync of the disk; how long one result holds."""


@dataclass(frozen=True, slots=True)
class Health:
    database: str
    migrations: str
    objects: str
    redis: str
    log_writer: str
    agents_ready: int

    @property
    def status(self) -> str:
        """Without database, objects or its log writer nothing can be kept or replayed; without Redis only hints are
        missing."""
        if {self.database, self.migrations, self.objects} != {"ok"} or self.log_writer in ("stuck", "stopped"):
            return "failed"
        return "ok" if self.redis in ("ok", "off") and self.log_writer != "retrying" else "degraded"

    def checks(self) -> dict[str, Any]:
        return asdict(self)


def check() -> Health:
    """All at once; takes `PATIENCE_S` at most."""
    deadline = monotonic() + PATIENCE_S
    pool = ThreadPoolExecutor(max_workers=3, thread_name_prefix="health")
    database, objects, hints = pool.submit(_database), pool.submit(_objects), pool.submit(_redis)
    pool.shutdown(wait=False)
    migrations, agents = _result(database, deadline, ("unknown", 0))
    return Health(
        database="unreachable" if migrations == "unknown" else "ok",
        migrations=migrations,
        objects=_result(objects, deadline, "unreachable"),
        redis=_result(hints, deadline, "unreachable"),
        log_writer=writer_state(),
        agents_ready=agents,
    )


def _result[T](future: Future[T], deadline: float, otherwise: T) -> T:
    try:
        return future.result(timeout=max(0.0, deadline - monotonic()))
    except FutureTimeout:
        future.cancel()
        return otherwise
    except Exception:  # whatever a driver raises means the same here: the part does not work
        return otherwise


def _database() -> tuple[str, int]:
    """Whether all migrations are applied, and how many agents are ready."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return ("missing" if missing else "ok"), AgentNode.objects.ready().count()
    finally:
        connection.close()


_objects_checked: tuple[float, str] = (float("-inf"), "unknown")


def _objects() -> str:
    global _objects_checked
    if monotonic() - _objects_checked[0] > OBJECTS_EVERY_S:
        _objects_checked = (monotonic(), _write_object())
    return _objects_checked[1]


def _write_object() -> str:
    store, key = object_store(), f"health/{uuid.uuid4()}"
    store.put_new(key, b"ok")
    found = store.get(key)
    store.delete([key])
    return "ok" if found == b"ok" else "unreadable"


def _redis() -> str:
    if not settings.REDIS_URL:
        return "off"
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        return "ok" if client.ping() else "unreachable"


@cache
def version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        text: str = tomllib.load(file)["project"]["version"]
    return text
