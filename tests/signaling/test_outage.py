"""With the database away: live goes on, pings are answered, nothing is acked; nothing is lost when it is back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError

from sessions.log import writer as log_writer
from sessions.wire import control
from tests.eventually import eventually
from tests.support.collector import Kind, LinkRefused

from .conftest import Network
from .test_links import console


class Outage:
    """No statement reaches the database while it is `on`, as when the server is gone."""

    on = False


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outage]:
    """In the writer and in the network's own database threads."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    outage = Outage()
    cursor = BaseDatabaseWrapper.cursor

    def failing(self: Any) -> Any:
        if outage.on:
            raise OperationalError("connection refused")
        return cursor(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", failing)
    yield outage
    outage.on = False


async def test_live_goes_on_and_nothing_is_acked_until_the_database_is_back(
    network: Network, kind: Kind, outage: Outage
) -> None:
    collector = await network.collector(kind)
    viewer = await network.viewer(kind, collector)
    collector.emit("console", console("before"))
    await collector.all_acked()
    await viewer.has_frames(1)
    link = collector.link
    assert link is not None
    outage.on = True
    for n in range(5):
        collector.emit("console", console(f"meanwhile {n}"))
    await viewer.has_frames(6)
    pongs = link.count(control.Pong)
    link.send(control.Ping(n=1_000_000))
    await eventually(lambda: None if link.count(control.Pong) > pongs else "no pong")
    assert collector.acked == 0
    assert len(collector.unacked) == 5
    outage.on = False
    await collector.all_acked()
    assert collector.link is link
    assert [row.seq for row in await network.stored(collector)] == [0, 1, 2, 3, 4, 5]
    await viewer.aclose()
    await collector.aclose()


async def test_a_link_cannot_be_opened_meanwhile(
    network: Network, kind: Kind, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "OPEN_SECONDS", 0.3)
    collector = await network.collector()
    link = await collector.connect(kind, resume=False)
    outage.on = True
    with pytest.raises(LinkRefused, match="unavailable"):
        await link.resume(collector.token)
    outage.on = False
    await link.close()
    await collector.connect(kind)
    collector.emit("console", console("after"))
    await collector.all_acked()
    await collector.aclose()
