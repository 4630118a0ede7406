"""What the web server binds."""

import socket

import pytest

from config import server


def test_loopback_is_bound_for_both_families_where_there_are_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_can_bind", lambda host, port: True)
    assert server.addresses("localhost") == ["127.0.0.1", "::1"]
    monkeypatch.setattr(server, "_can_bind", lambda host, port: False)
    assert server.addresses("127.0.0.1") == ["127.0.0.1"]


def test_any_other_host_is_bound_as_it_is() -> None:
    assert server.addresses("0.0.0.0") == ["0.0.0.0"]


def test_endpoints_escape_colons() -> None:
    assert server.endpoints(["127.0.0.1", "::1"], [8000]) == [
        "tcp:port=8000:interface=127.0.0.1",
        r"tcp:port=8000:interface=\:\:1",
    ]


def test_a_busy_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.busy(["127.0.0.1"], [port]) == port
    assert server.busy(["127.0.0.1"], [port]) is None
