"""What the owner of a key gets to see of its refusals, and what not."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from msgspec import structs

from sessions.models import Refusal
from sessions.wire import frame, limits, signals
from signaling.limits import Limits
from tests.support.collector import Collector, Kind
from tests.support.signaling import Signaling, SignalingRefused

from .conftest import ORIGIN, Network
from .test_beacon import body, post
from .test_links import console, next_frame


async def counted(network: Network) -> dict[str, int]:
    await network.hub.refusals.aclose()
    return await sync_to_async(lambda: dict(Refusal.objects.values_list("code", "count")))()


async def test_an_origin_that_is_not_allowed_is_counted(network: Network) -> None:
    for _ in range(2):
        collector = Collector(network.url, key=network.project.key, origin="https://www.shop.example")
        with pytest.raises(SignalingRefused, match="forbidden"):
            await collector.hello()
        await collector.aclose()
    assert await counted(network) == {"forbidden": 2}


async def test_a_collector_that_is_too_old_is_counted(network: Network) -> None:
    hello = Collector(network.url, key=network.project.key, origin=ORIGIN)._hello()
    signaling = await Signaling.open(network.url, origin=ORIGIN)
    await signaling.send(structs.replace(hello, versions=(0, limits.WIRE_VERSION_OLDEST - 1)))
    with pytest.raises(SignalingRefused, match="version"):
        await signaling.expect(signals.Welcome)
    await signaling.close()
    assert await counted(network) == {"version": 1}


async def test_a_switch_of_links_is_no_refusal(network: Network, kind: Kind) -> None:
    collector = await network.collector("relay")
    collector.emit("console", console("before"))
    await collector.connect(kind)
    await collector.all_acked()
    await collector.aclose()
    assert await counted(network) == {}


async def test_what_a_beacon_is_refused_for_is_counted(network: Network, settings: Any) -> None:
    settings.LIMIT_FRAMES_PER_MINUTE = 1
    network.hub.limits = Limits()
    collector = await network.collector()
    frames = [frame.encode(next_frame(collector, ahead=n)) for n in range(3)]
    assert (await post(body(collector, *frames[2:]))).json()["code"] == "frame_hole"
    assert (await post(body(collector, *frames))).json()["code"] == "rate_limited"
    await collector.aclose()
    assert await counted(network) == {"rate_limited": 1}


async def test_an_unknown_key_is_nobodys(network: Network) -> None:
    collector = Collector(network.url, key="nobody", origin=ORIGIN)
    with pytest.raises(SignalingRefused, match="unauthorized"):
        await collector.hello()
    await collector.aclose()
    assert await counted(network) == {}
