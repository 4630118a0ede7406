"""The tail, in memory and over a real Redis: two of them stand for two processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest

from signaling.tail import MemoryTail, Overflow, RedisTail, Subscription, Tail, redis
from signaling.tail.base import Item
from tests.eventually import eventually
from tests.support.servers import Service


async def collect(subscription: Subscription, into: list[Item]) -> None:
    async for item in subscription:
        into.append(item)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
async def tails(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Tail, Tail]]:
    """Where is published, and where is watched: one process's, or those of two."""
    if request.param == "memory":
        one: Tail = MemoryTail()
        yield one, one
        await one.aclose()
        return
    service: Service = request.getfixturevalue("redis")
    near, far = RedisTail(service.url), RedisTail(service.url)
    yield near, far
    await near.aclose()
    await far.aclose()


async def test_watchers_get_all_in_order_and_nothing_of_others(tails: tuple[Tail, Tail]) -> None:
    near, far = tails
    recording, other = uuid4(), uuid4()
    changes: list[bool] = []
    cancel = near.on_watched(recording, changes.append)
    got: list[Item] = []
    subscription = far.subscribe(recording)
    reading = asyncio.create_task(collect(subscription, got))
    await eventually(lambda: None if near.watched(recording) else "not watched")
    near.publish(other, b"other")
    for n in range(50):
        near.publish(recording, b"frame %d" % n)
    near.publish(recording, '{"t":"closed"}')
    await eventually(lambda: None if len(got) == 51 else f"{len(got)} items")
    assert got == [*(b"frame %d" % n for n in range(50)), '{"t":"closed"}']
    subscription.close()
    await reading
    await eventually(lambda: "watched" if near.watched(recording) else None)
    assert changes == [True, False]
    cancel()


async def test_a_watcher_that_is_late_is_told_and_the_others_go_on(tails: tuple[Tail, Tail]) -> None:
    _, far = tails
    recording = uuid4()
    late, quick = far.subscribe(recording), far.subscribe(recording)
    told: list[bool] = []
    late.on_late = lambda: told.append(True)
    late._limit = 10
    got: list[Item] = []
    reading = asyncio.create_task(collect(quick, got))
    for _ in range(3):
        far.publish(recording, b"12345678")
    with pytest.raises(Overflow):
        await anext(late)
    assert told == [True]
    await eventually(lambda: None if len(got) == 3 else f"{len(got)} items")
    late.close()
    quick.close()
    await reading


@pytest.mark.services
async def test_without_redis_its_own_watchers_are_served_and_it_comes_back(
    redis: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.tail.redis.RETRY_SECONDS", 0.1)
    near, far = RedisTail(redis.url), RedisTail(redis.url)
    recording = uuid4()
    here: list[Item] = []
    there: list[Item] = []
    readings = [
        asyncio.create_task(collect(near.subscribe(recording), here)),
        asyncio.create_task(collect(far.subscribe(recording), there)),
    ]

    def crosses() -> str | None:
        near.publish(recording, b"frame")
        return None if there else "nothing crossed"

    await eventually(crosses)
    await asyncio.to_thread(redis.process.kill)
    here.clear()
    near.publish(recording, b"alone")
    await eventually(lambda: None if b"alone" in here else "not served here")
    await asyncio.to_thread(redis.process.start)
    there.clear()
    await eventually(crosses)
    await near.aclose()
    await far.aclose()
    await asyncio.gather(*readings)


@pytest.mark.services
async def test_a_process_that_is_not_heard_of_watches_no_more(redis: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.tail.redis.ANNOUNCE_SECONDS", 0.05)
    monkeypatch.setattr("signaling.tail.redis.EXPIRE_SECONDS", 0.3)
    near, far = RedisTail(redis.url), RedisTail(redis.url)
    recording = uuid4()
    near.on_watched(recording, lambda live: None)
    subscription = far.subscribe(recording)
    await eventually(lambda: None if near.watched(recording) else "not watched")
    assert far._task is not None
    far._task.cancel()  # as if it were killed: no word of leaving
    await eventually(lambda: "watched" if near.watched(recording) else None)
    subscription.close()
    await near.aclose()
    await far.aclose()


class Line:
    """Redis, and its subscriptions: what is asked of it, in order. `during` runs while the first message leaves."""

    def __init__(self, during: Callable[[], object]) -> None:
        self.asked: list[tuple[str, UUID]] = []
        self._during: Callable[[], object] | None = during

    async def subscribe(self, channel: bytes) -> None:
        self.asked.append(("subscribe", UUID(hex=channel[len(redis.TAIL_PREFIX) :].decode())))

    async def publish(self, channel: bytes, message: bytes) -> None:
        self.asked.append(("announce", UUID(bytes=message[redis.NODE_BYTES + 1 :])))
        during, self._during = self._during, None
        if during:
            during()


async def test_what_is_watched_while_others_are_told_is_followed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RedisTail, "_start", lambda self: None)
    tail, first, second = RedisTail("redis://nowhere"), uuid4(), uuid4()
    line = Line(during=lambda: tail.subscribe(second))
    tail.subscribe(first)
    sending = asyncio.create_task(tail._send(line, line))  # type: ignore[arg-type]  # what it uses of them
    await eventually(lambda: None if ("announce", second) in line.asked else f"{line.asked}")
    assert line.asked == [(what, one) for one in (first, second) for what in ("subscribe", "announce")]
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.services
async def test_who_publishes_and_watches_gets_each_once(redis: Service) -> None:
    near, far = RedisTail(redis.url), RedisTail(redis.url)
    recording = uuid4()
    here: list[Item] = []
    there: list[Item] = []
    readings = [
        asyncio.create_task(collect(near.subscribe(recording), here)),
        asyncio.create_task(collect(far.subscribe(recording), there)),
    ]
    await eventually(lambda: None if recording in near._remote else "the other is not known")
    for n in range(10):
        near.publish(recording, b"%d" % n)
    await eventually(lambda: None if len(there) == 10 else f"{len(there)} items")
    # What comes back over Redis comes on this channel, so it would be here before this does.
    far.publish(recording, b"answer")
    await eventually(lambda: None if b"answer" in here else "no answer")
    assert here == [*there[:10], b"answer"]
    await near.aclose()
    await far.aclose()
    await asyncio.gather(*readings)


@pytest.mark.services
async def test_what_nobody_watches_does_not_cross(redis: Service) -> None:
    near = RedisTail(redis.url)
    near.on_watched(uuid4(), lambda live: None)
    near.publish(uuid4(), b"frame")
    assert not near._out
    await near.aclose()


def test_the_seam_is_chosen_once() -> None:
    from signaling.tail import tail_from_settings

    assert isinstance(tail_from_settings(), MemoryTail)
    assert redis.EXPIRE_SECONDS > 2 * redis.ANNOUNCE_SECONDS
