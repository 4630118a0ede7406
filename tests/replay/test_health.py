"""Health: little for strangers, all for members, 503 quickly when a part is away."""

import time

import pytest
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from pytest_django import Settings

from replay import health
from sessions.objects import ObjectError

from .conftest import Team


@pytest.fixture(autouse=True)
def objects_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_objects_checked", (float("-inf"), "unknown"))


def test_strangers_learn_the_status_only(db: None) -> None:
    response = Client().get("/api/v1/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    forged = Client().get("/api/v1/health", headers={"Authorization": "Bearer slt_x"})
    assert (forged.status_code, forged.json()) == (200, {"status": "ok"})


def test_members_learn_the_details(team: Team, settings: Settings) -> None:
    body = team.client("bob").get("/api/v1/health").json()
    assert body["version"]
    assert body["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "objects": "ok",
        "redis": "ok" if settings.REDIS_URL else "off",
        "log_writer": "off",
        "agents_ready": 0,
    }


def test_database_away_is_503_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the database mark: a query of the view itself would fail the test."""

    def hang() -> tuple[str, int]:
        time.sleep(0.5)
        raise AssertionError("nobody waited")

    monkeypatch.setattr(health, "_database", hang)
    monkeypatch.setattr(health, "PATIENCE_S", 0.1)
    began = time.monotonic()
    response = Client().get("/api/v1/health")
    assert time.monotonic() - began < 0.4
    assert (response.status_code, response.json()) == (503, {"status": "failed"})


def test_objects_away_is_503(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise ObjectError("disk full")

    monkeypatch.setattr(health, "_write_object", fail)
    response = team.client("bob").get("/api/v1/health")
    assert (response.status_code, response.json()["checks"]["objects"]) == (503, "unreachable")


@pytest.mark.parametrize(("state", "status"), [("retrying", 200), ("stuck", 503), ("stopped", 503)])
def test_a_log_writer_that_takes_nothing_is_503(
    team: Team, monkeypatch: pytest.MonkeyPatch, state: str, status: int
) -> None:
    monkeypatch.setattr(health, "writer_state", lambda: state)
    response = team.client("bob").get("/api/v1/health")
    assert (response.status_code, response.json()["checks"]["log_writer"]) == (status, state)


def test_redis_away_is_degraded(team: Team, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = team.client("bob").get("/api/v1/health")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["redis"] == "unreachable"


def test_missing_migrations_are_503(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("x", False)])
    response = team.client("bob").get("/api/v1/health")
    assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "missing")
