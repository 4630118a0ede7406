"""The product comes up as it is deployed, tells how to use it, survives kills, and ends when asked."""

import asyncio
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sessions.wire import control
from tests.eventually import eventually, eventually_sync
from tests.support.collector import Collector
from tests.support.ports import free_port
from tests.support.stack import START_SECONDS, Stack

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]

STOP_SECONDS = 5.0


def test_embedded_serves_app_and_shop_and_ends_cleanly(tmp_path: Path) -> None:
    with Stack.embedded(tmp_path) as stack:
        assert stack.get("recordings")
        page = httpx.get(stack.demo_site, timeout=10)
        assert f'src="{stack.url}/collect.js"' in page.text
        assert 'data-key="demo"' in page.text
        eventually_sync(lambda: None if "agent.started" in stack.processes["serve"].text() else "no agent")

        began = time.monotonic()
        stack.processes["serve"].stop()
        assert time.monotonic() - began < STOP_SECONDS
        assert stack.processes["serve"].exit_code == 0, stack.processes["serve"].tail()
        assert "Traceback" not in stack.processes["serve"].text()


def test_localhost_is_served_on_both_families(embedded_stack: Stack) -> None:
    assert httpx.get(f"http://127.0.0.1:{embedded_stack.port + 1}/").status_code == 200
    assert httpx.get(f"http://[::1]:{embedded_stack.port + 1}/").status_code == 200


def test_the_login_stays_good_over_a_restart_and_is_the_owners_only(embedded_stack: Stack) -> None:
    path = embedded_stack.folder / "var/demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = embedded_stack.demo
    assert set(before) == {"url", "email", "password", "api_token", "key", "demo_site"}
    embedded_stack.processes["serve"].restart()
    assert embedded_stack.demo == before
    assert embedded_stack.get("recordings")


def test_a_second_one_on_the_same_port_says_so(embedded_stack: Stack) -> None:
    second = embedded_stack.add("second", ["deploy/web"])
    second.start(wait=False)
    assert second.wait(30) == 1
    assert f"Port {embedded_stack.port} is in use" in second.text()


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.production(tmp_path_factory.mktemp("production")) as stack:
        yield stack


def test_production_is_whole(production: Stack) -> None:
    assert set(production.processes) == {"web", "agent", "worker", "beat"}
    eventually_sync(lambda: _why_not_healthy(production))
    assert production.get("recordings")


@pytest.mark.parametrize("name", ["web", "agent", "worker", "beat"])
def test_the_health_checks_of_compose_pass(production: Stack, name: str) -> None:
    assert production.is_healthy(name)


def test_production_comes_back_after_a_kill_of_every_process(production: Stack) -> None:
    before = {name: process.pid for name, process in production.processes.items()}
    for process in production.processes.values():
        process.kill()
    assert not production.is_healthy("web")
    for process in production.processes.values():
        process.start(wait=False)
    for name, process in production.processes.items():
        process.wait_ready(START_SECONDS)
        assert process.pid != before[name]
    eventually_sync(lambda: _why_not_healthy(production))
    assert production.get("recordings")


def test_agents_and_workers_tell_their_metrics(production: Stack) -> None:
    """The worker's are those of the processes that seal."""
    token = "a-token"
    ports = {name: free_port() for name in ("agent", "worker")}
    for name, port in ports.items():
        production.processes[name].stop()
        env = {"METRICS_PORT": str(port), "METRICS_TOKEN": token, "SEAL_AFTER_MS": "0"}
        production.processes[name].start(wait=False, env=env)
    for name in ports:
        production.processes[name].wait_ready(START_SECONDS)

    def told(name: str) -> str:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"http://127.0.0.1:{ports[name]}/metrics", headers=headers).raise_for_status().text

    assert "sightline_peers_open 0.0" in told("agent")
    asyncio.run(_visit(production))
    eventually_sync(lambda: None if "sightline_frames_sealed_total 1.0" in told("worker") else "nothing sealed", 60)


async def _visit(stack: Stack) -> None:
    collector = Collector(stack.url, key=stack.demo["key"], origin=stack.demo_site)
    await collector.hello()
    await collector.connect("relay")
    collector.end()
    await collector.all_acked()
    await collector.aclose()


def _why_not_healthy(stack: Stack) -> str | None:
    answer = stack.api("GET", "health")
    return None if answer.json().get("status") == "ok" else answer.text


async def test_a_peer_on_the_relay_is_told_that_the_process_ends(embedded_stack: Stack) -> None:
    stack = embedded_stack
    collector = Collector(stack.url, key=stack.demo["key"], origin=stack.demo_site)
    await collector.hello()
    link = await collector.connect("relay")
    stopping = asyncio.create_task(asyncio.to_thread(stack.processes["serve"].stop))
    await eventually(lambda: None if link.count(control.Goaway) else "not told")
    with pytest.raises(OSError, match="Connect call failed"):
        await collector.connect("relay")
    await stopping
    assert stack.processes["serve"].exit_code == 0
    assert "Traceback" not in stack.processes["serve"].text()
    await collector.aclose()
