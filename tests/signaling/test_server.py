"""The same through daphne, as it is served."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from sessions.wire.errors import CLOSE_CODES
from tests.eventually import eventually
from tests.support.collector import Collector, Kind
from tests.support.signaling import socket_url
from tests.support.stack import Stack
from tests.support.viewer import Viewer

from .test_links import console


@pytest.fixture(scope="module", params=["embedded", pytest.param("production", marks=pytest.mark.services)])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One process, or web, agent, worker and beat on PostgreSQL and Redis."""
    make = Stack.embedded if request.param == "embedded" else Stack.production
    with make(tmp_path_factory.mktemp("network")) as running:
        yield running


async def test_frames_over_the_relay_then_over_rtc(stack: Stack) -> None:
    collector = Collector(stack.url, key=stack.demo["key"], origin=stack.demo_site)
    await collector.hello()
    await collector.connect("relay")
    collector.emit("console", console("relay"))
    await collector.all_acked()
    await collector.connect("rtc")
    for n in range(10):
        collector.emit("console", console(f"rtc {n}"))
    await collector.all_acked()
    await collector.disconnect()
    collector.end()
    assert (await collector.beacon()).status_code == 204
    links = stack.get(f"recordings/{collector.recording}")["links"]
    assert links == {"relay": 1, "rtc": 10, "beacon": 1}
    await collector.aclose()


@pytest.mark.parametrize("watching", ["rtc", "relay"])
async def test_a_viewer_sees_what_comes_over_either_link(stack: Stack, watching: Kind) -> None:
    """In production the visitor's frames come in at one process and the viewer's tail goes out of another."""
    collector = Collector(stack.url, key=stack.demo["key"], origin=stack.demo_site)
    await collector.hello()
    await collector.connect("relay")
    told = stack.api("POST", f"recordings/{UUID(str(collector.recording))}/watch").raise_for_status().json()
    watch = Viewer.over_rtc if watching == "rtc" else Viewer.over_relay
    viewer = await watch(stack.url, told["token"], origin=stack.url)
    await viewer.watching()
    await eventually(lambda: None if collector.live else "the cadence is idle")
    collector.emit("console", console("over the relay"))
    await viewer.has_frames(1)
    await collector.connect("rtc")
    await eventually(lambda: None if collector.live else "the cadence is idle")
    collector.emit("console", console("over rtc"))
    await viewer.has_frames(2)
    await viewer.aclose()
    await collector.aclose()


async def test_a_wrong_frame_closes_with_its_code(stack: Stack) -> None:
    collector = Collector(stack.url, key=stack.demo["key"], origin=stack.demo_site)
    await collector.hello()
    link = await collector.connect("relay")
    link.send_frame(b"no frame" * 10)
    assert await link.refused() == "frame_foreign"
    assert link.close_code == CLOSE_CODES["frame_foreign"]
    await collector.aclose()


async def test_messages_are_not_compressed_and_large_ones_are_refused(stack: Stack) -> None:
    async with connect(socket_url(stack.url, "/ws/relay"), compression="deflate") as socket:
        assert not socket.protocol.extensions
        await socket.send(bytes(2_000_000))
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_an_unknown_socket_is_refused(stack: Stack) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        await connect(socket_url(stack.url, "/ws/nothing"))


async def test_a_body_without_an_end_is_cut_off(stack: Stack) -> None:
    """Before it reaches an application, whatever its path."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.port)
    writer.write(b"POST /ingest/beacon HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    block = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    with suppress(ConnectionError):
        for _ in range(64):
            writer.write(block)
            await writer.drain()
        pytest.fail("64 MiB were taken")
    with suppress(ConnectionError):
        assert b" 413 " in await reader.read(1_000)
    writer.close()
