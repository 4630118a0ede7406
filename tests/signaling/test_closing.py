"""A process that ends: peers are told to go, nobody new is taken in, and what came is committed."""

import asyncio

import pytest

from sessions.wire import control, signals
from tests.eventually import eventually
from tests.support.collector import Kind, LinkRefused
from tests.support.signaling import Signaling, SignalingRefused

from .conftest import ORIGIN, Network
from .test_beacon import body, post
from .test_links import console


async def test_peers_are_told_once_and_given_time_to_move(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    viewer = await network.viewer("relay", collector)
    link = collector.link
    assert link is not None
    draining = asyncio.create_task(network.hub.drain(5))
    await eventually(lambda: None if link.count(control.Goaway) else "the collector was not told")
    told = control.Goaway(after=5_000)
    await eventually(lambda: None if told in viewer.notices else "the viewer was not told")
    for served in network.hub.links:
        served.go_away(5)
    collector.emit("console", console("meanwhile"))
    await collector.all_acked()
    assert link.count(control.Goaway) == 1
    assert not draining.done()
    await viewer.aclose()
    await collector.disconnect()
    await asyncio.wait_for(draining, 4)
    await collector.aclose()


async def test_who_stays_is_not_waited_for(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    await network.hub.drain(0.05)
    assert network.hub.links
    await network.hub.aclose()
    assert collector.link is not None
    assert await collector.link.refused() == ""
    await collector.aclose()


async def test_nobody_new_is_taken_in(network: Network) -> None:
    collector = await network.collector()
    await network.hub.drain(0)
    link = await collector.connect("relay", resume=False)
    with pytest.raises(LinkRefused, match="unavailable"):
        await link.resume(collector.token)
    await link.close()
    with pytest.raises(SignalingRefused, match="unavailable"):
        await collector.connect("rtc")
    signaling = await Signaling.open(network.url, origin=ORIGIN)
    with pytest.raises(SignalingRefused, match="unavailable"):
        await signaling.expect(signals.Welcome)
    await signaling.close()
    await collector.aclose()


async def test_last_words_are_taken_all_the_same(network: Network) -> None:
    collector = await network.collector()
    await network.hub.drain(0)
    collector.emit("console", console("last words"))
    assert (await post(body(collector, *collector.unacked.values()))).status_code == 204
    assert [row.seq for row in await network.stored(collector)] == [0]
    await collector.aclose()
