"""The app and the stage behind the TLS proxy of the compose file."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from websockets.sync.client import connect

from config.body import MAX_BODY_BYTES
from tests.support.caddy import Proxy, proxy
from tests.support.ports import free_port
from tests.support.stack import Stack

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]

APP, STAGE = "sightline.localhost", "stage.localhost"


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxied")
    port = free_port()
    env = {
        "APP_ORIGIN": f"https://{APP}:{port}",
        "STAGE_ORIGIN": f"https://{STAGE}:{port}",
        "ALLOWED_HOSTS": f"{APP},{STAGE},localhost",
        "TRUSTED_PROXIES": "1",
    }
    with (
        Stack.embedded(folder, env) as stack,
        proxy(folder / "caddy", upstream=stack.port, port=port, app_host=APP, stage_host=STAGE) as running,
    ):
        yield running


def test_the_app_is_served_securely(behind_proxy: Proxy) -> None:
    answer = behind_proxy.get(APP, "/accounts/login/")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    assert f"https://{STAGE}:{behind_proxy.port}" in answer.headers["Content-Security-Policy"]


def test_the_stage_is_another_host_without_logins_or_cookies(behind_proxy: Proxy) -> None:
    for path in ("/", "/accounts/login/", "/api/v1/health"):
        answer = behind_proxy.get(STAGE, path)
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers
    assert behind_proxy.get(STAGE, "/stage/").status_code == 200


def test_metrics_stay_inside(behind_proxy: Proxy) -> None:
    assert behind_proxy.get(APP, "/metrics").status_code == 404


def test_signaling_passes(behind_proxy: Proxy) -> None:
    uri = f"wss://{APP}:{behind_proxy.port}/ws/signal"
    plain = socket.create_connection(("127.0.0.1", behind_proxy.port))
    with connect(uri, sock=plain, ssl=behind_proxy.tls, server_hostname=APP) as signaling:
        signaling.send("{}")
        assert json.loads(signaling.recv(timeout=10))["t"] == "error"


def test_bodies_are_bounded_and_sockets_are_not(behind_proxy: Proxy) -> None:
    with httpx.Client(verify=behind_proxy.tls) as client:
        answer = client.post(
            f"https://127.0.0.1:{behind_proxy.port}/ingest/beacon",
            content=bytes(MAX_BODY_BYTES + 1),
            headers={"Host": f"{APP}:{behind_proxy.port}"},
            extensions={"sni_hostname": APP},
        )
    assert answer.status_code in (413, 502)  # from here, or since the server behind hung up
    ping = '{"t": "ping", "n": 1}'.ljust(16_000)
    count = MAX_BODY_BYTES // len(ping) + 10
    plain = socket.create_connection(("127.0.0.1", behind_proxy.port))
    uri = f"wss://{APP}:{behind_proxy.port}/ws/relay"
    with connect(uri, sock=plain, ssl=behind_proxy.tls, server_hostname=APP, compression=None) as relay:
        for _ in range(count):
            relay.send(ping)
        assert [json.loads(relay.recv(timeout=10))["t"] for _ in range(count)] == ["pong"] * count
