"""Buckets, totals, addresses: pure, with a clock of the test's own; and limits as a collector meets them."""

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from sessions.models import Refusal
from sessions.wire.errors import QuotaExceeded, RateLimited
from signaling import limits
from signaling.limits import Buckets, Limits, Totals, address_key, peer_address
from tests.support.collector import Kind

from .conftest import Network
from .test_beacon import body, post
from .test_links import console


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    assert all(buckets.take("a") for _ in range(60))
    assert not buckets.take("a")
    assert buckets.take("b")
    clock.now = 2
    assert buckets.take("a", 2)
    assert not buckets.take("a")
    clock.now = 1_000
    assert all(buckets.take("a") for _ in range(60))
    assert not buckets.take("a")


def test_more_than_a_bucket_holds_needs_a_full_one() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    assert buckets.take("a", 1_000)
    assert not buckets.take("a", 1_000)
    clock.now = 60
    assert buckets.take("a", 1_000)


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEYS", 100)
    buckets, totals = Buckets(1), Totals()
    for n in range(1_000):
        buckets.take(n)
        totals.add(n, 1)
    assert len(buckets._levels) == len(totals._sums) == 100


def frame(limit: Limits, **charged: Any) -> None:
    """One frame of a stream of its own, from an address of its own, unless told."""
    own: dict[str, Any] = {
        "project": uuid4(),
        "recording": uuid4(),
        "stream": uuid4(),
        "address": str(uuid4()),
        "size": 0,
        "raw": 0,
    }
    limit.frame(**own | charged)


def test_a_stream_gets_a_tenth_of_its_keys_bytes(settings: Any) -> None:
    settings.LIMIT_BYTES_PER_MINUTE = 1_000
    limit, project = Limits(Clock()), uuid4()
    stream = uuid4()
    frame(limit, project=project, stream=stream, size=100, raw=100)
    with pytest.raises(RateLimited):
        frame(limit, project=project, stream=stream, size=1)
    for _ in range(9):
        frame(limit, project=project, size=100)
    with pytest.raises(RateLimited):
        frame(limit, project=project, size=1)
    frame(limit, size=100)


def test_declared_bytes_are_limited_too(settings: Any) -> None:
    settings.LIMIT_BYTES_PER_MINUTE = 1_000
    limit, stream = Limits(Clock()), uuid4()
    frame(limit, stream=stream, size=1, raw=1_000)
    with pytest.raises(RateLimited):
        frame(limit, stream=stream, size=1, raw=1_000)


@pytest.mark.parametrize("charged", [{"size": 100}, {"raw": 1_000}, {}])
def test_one_address_cannot_take_all_that_its_key_has(settings: Any, charged: dict[str, int]) -> None:
    """Of bytes, inflated bytes and frames, however many streams it starts."""
    settings.LIMIT_BYTES_PER_MINUTE = 1_000
    settings.LIMIT_FRAMES_PER_MINUTE = 1
    limit, project = Limits(Clock()), uuid4()
    for _ in range(2 if charged else 12):
        frame(limit, project=project, address="192.0.2.7", **charged)
    for address in ("192.0.2.7", "::ffff:192.0.2.7"):
        with pytest.raises(RateLimited):
            frame(limit, project=project, address=address, **charged)
    frame(limit, project=project, address="192.0.2.8", **charged)
    frame(limit, address="192.0.2.7", **charged)


def test_the_frames_of_a_key_are_limited_whatever_its_addresses(settings: Any) -> None:
    settings.LIMIT_FRAMES_PER_MINUTE = 2
    limit, project = Limits(Clock()), uuid4()
    for _ in range(2 * limits.KEY_FRAMES):
        frame(limit, project=project)
    with pytest.raises(RateLimited):
        frame(limit, project=project)


def test_a_recording_has_a_quota(settings: Any) -> None:
    settings.LIMIT_RECORDING_BYTES = 1_000
    limit, recording = Limits(Clock()), uuid4()
    limit.recordings.seed(recording, 900)
    limit.recordings.seed(recording, 100)
    frame(limit, recording=recording, size=1, raw=100)
    with pytest.raises(QuotaExceeded):
        frame(limit, recording=recording, size=1, raw=1)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("what", "what"),
    ],
)
def test_what_counts_as_one_address(address: str, key: str) -> None:
    assert address_key(address) == key


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, [b"203.0.113.9"], "10.0.0.1"),
        (1, [b"203.0.113.9"], "203.0.113.9"),
        (1, [b"forged, 203.0.113.9"], "203.0.113.9"),
        (2, [b"forged, 203.0.113.9", b"10.0.0.2"], "203.0.113.9"),
        (2, [b"203.0.113.9"], "10.0.0.1"),
    ],
)
def test_the_peer_behind_our_proxies(settings: Any, proxies: int, told: list[bytes], address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = [(b"x-forwarded-for", value) for value in told]
    assert peer_address({"client": ["10.0.0.1", 5], "headers": headers}) == address


async def test_a_collector_over_its_limit_is_told_and_the_owner_sees_it(
    network: Network, kind: Kind, settings: Any
) -> None:
    settings.LIMIT_FRAMES_PER_MINUTE = 3
    network.hub.limits = Limits()
    collector = await network.collector(kind)
    link = collector.link
    assert link is not None
    for n in range(4):
        collector.emit("console", console(str(n)))
    assert await link.refused() == "rate_limited"
    await network.hub.refusals.aclose()
    refusals = await sync_to_async(lambda: list(Refusal.objects.values_list("code", "count")))()
    assert refusals == [("rate_limited", 1)]
    await collector.aclose()


async def test_links_and_beacons_are_charged_to_their_address(
    network: Network, kind: Kind, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMIT_FRAMES_PER_MINUTE = 4
    monkeypatch.setattr(limits, "KEY_FRAMES", 6)
    network.hub.limits = Limits()
    first, second, third = await network.collector(kind), await network.collector(kind), await network.collector()
    for collector in (first, second):
        for n in range(3):
            collector.emit("console", console(str(n)))
    await first.all_acked()
    await second.all_acked()
    third.emit("console", console("the seventh of this address, of six"))
    assert (await post(body(third, *third.unacked.values()))).json()["code"] == "rate_limited"
    second.emit("console", console("the eighth"))
    assert second.link is not None
    assert await second.link.refused() == "rate_limited"
    for collector in (first, second, third):
        await collector.aclose()


async def test_a_recording_over_its_quota_is_told(network: Network, kind: Kind, settings: Any) -> None:
    settings.LIMIT_RECORDING_BYTES = 10
    collector = await network.collector(kind)
    collector.emit("console", console("more than ten bytes"))
    assert collector.link is not None
    assert await collector.link.refused() == "quota_exceeded"
    assert await network.stored(collector) == []
    await collector.aclose()
