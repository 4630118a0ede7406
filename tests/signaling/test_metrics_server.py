"""Metrics of processes that serve no pages."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from signaling.metrics_server import serve_metrics
from tests.support.ports import free_port


@contextmanager
def served() -> Iterator[int]:
    server = serve_metrics()
    assert server is not None
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def a_port(settings: Any) -> None:
    settings.METRICS_PORT, settings.METRICS_TOKEN = free_port(), ""


def test_without_a_token_it_is_for_this_machine() -> None:
    with served() as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert "# TYPE sightline_frames_sealed_total counter" in answer.text
        with socket.socket() as elsewhere:
            elsewhere.bind(("127.0.0.2", port))  # free, since it listens on one address only


def test_with_a_token_it_is_for_who_has_it(settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret"
    with served() as port:
        for given, status in ((None, 403), ("Bearer wrong", 403), ("Bearer s3cret", 200)):
            headers = {"Authorization": given} if given else {}
            assert httpx.get(f"http://127.0.0.1:{port}/metrics", headers=headers).status_code == status


def test_none_is_served_where_none_is_wanted(settings: Any) -> None:
    settings.METRICS_PORT = 0
    assert serve_metrics() is None


def test_a_port_that_is_taken_ends_nothing() -> None:
    with served():
        assert serve_metrics() is None
