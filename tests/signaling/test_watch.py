"""A viewer's link, over both carriers: rights, the tail, cadence, and viewers that are slow or not wanted."""

import pytest
from asgiref.sync import sync_to_async

from sessions.models import Member, Membership
from sessions.wire import control
from signaling.link import watch
from tests.eventually import eventually
from tests.support.collector import Kind
from tests.support.signaling import SignalingRefused
from tests.support.viewer import Viewer

from .conftest import Network
from .test_links import console


@pytest.mark.parametrize("watching", ["rtc", "relay"])
async def test_a_viewer_sees_frames_as_they_came(network: Network, kind: Kind, watching: Kind) -> None:
    collector = await network.collector(kind)
    viewer = await network.viewer(watching, collector)
    for n in range(3):
        collector.emit("console", console(str(n)))
    await viewer.has_frames(3)
    await collector.all_acked()
    stored = await network.stored(collector)
    assert viewer.bodies == [bytes(row.body) for row in stored]
    await viewer.aclose()
    await collector.aclose()


async def test_watching_changes_the_cadence(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    assert not collector.live
    viewer = await network.viewer(kind, collector)
    await eventually(lambda: None if collector.live else "not live")
    await viewer.aclose()
    await eventually(lambda: "still live" if collector.live else None)
    await collector.aclose()


async def test_a_link_that_opens_later_knows_that_somebody_watches(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    viewer = await network.viewer(kind, collector)
    await collector.connect(kind)
    assert collector.live
    await viewer.aclose()
    await collector.aclose()


async def test_streams_are_told_when_they_open_and_close(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    viewer = await network.viewer(kind, collector)
    await collector.connect(kind)
    collector.end()
    await collector.all_acked()
    await collector.disconnect()
    stream = str(collector.stream)
    wanted = [control.Opened(stream=stream), control.Closed(stream=stream, ended=True)]
    await eventually(lambda: None if viewer.notices[1:] == wanted else f"{viewer.notices}")
    await viewer.aclose()
    await collector.aclose()


async def test_a_switch_of_links_is_not_told_as_an_end(network: Network, kind: Kind) -> None:
    collector = await network.collector("relay")
    viewer = await network.viewer(kind, collector)
    await collector.connect("rtc")
    collector.emit("console", console("after"))
    await viewer.has_frames(1)
    assert not [notice for notice in viewer.notices if isinstance(notice, control.Closed)]
    await viewer.aclose()
    await collector.aclose()


async def test_an_outsider_may_not_watch(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    network.member = await sync_to_async(Member.objects.create_user)("charlie@example.com", "a long password")
    if kind == "rtc":
        with pytest.raises(SignalingRefused, match="forbidden"):
            await Viewer.over_rtc(network.url, network.watch_token(collector), origin=network.app_origin)
    else:
        viewer = await Viewer.over_relay(network.url, network.watch_token(collector), origin=network.app_origin)
        assert await viewer.refused() == "forbidden"
        assert viewer.close_code == 4403
        await viewer.aclose()
    await collector.aclose()


async def test_a_token_is_good_once(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    token = network.watch_token(collector)
    connect = Viewer.over_rtc if kind == "rtc" else Viewer.over_relay
    first = await connect(network.url, token, origin=network.app_origin)
    await first.watching()
    if kind == "rtc":
        with pytest.raises(SignalingRefused, match="unauthorized"):
            await connect(network.url, token, origin=network.app_origin)
    else:
        second = await connect(network.url, token, origin=network.app_origin)
        assert await second.refused() == "unauthorized"
        await second.aclose()
    await first.aclose()
    await collector.aclose()


@pytest.mark.parametrize("origin", [None, "https://evil.example"])
async def test_only_pages_of_the_app_may_watch(network: Network, kind: Kind, origin: str | None) -> None:
    collector = await network.collector()
    token = network.watch_token(collector)
    if kind == "rtc":
        with pytest.raises(SignalingRefused, match="forbidden"):
            await Viewer.over_rtc(network.url, token, origin=origin)
    else:
        viewer = await Viewer.over_relay(network.url, token, origin=origin)
        assert await viewer.refused() == "forbidden"
        await viewer.aclose()
    await collector.aclose()


async def test_rights_that_are_taken_away_end_the_watching(
    network: Network, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RIGHTS_SECONDS", 0.05)
    collector = await network.collector()
    viewer = await network.viewer(kind, collector)
    await Membership.objects.filter(member=network.member).adelete()
    assert await viewer.refused() == "forbidden"
    await viewer.aclose()
    await collector.aclose()


@pytest.mark.parametrize("said", [[], [control.Took(bytes=0)], [control.Took(bytes=1 << 50)]])
async def test_a_viewer_that_falls_behind_is_closed(
    network: Network, kind: Kind, said: list[control.Took], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it says nothing, or that it took nothing, or more than there was."""
    monkeypatch.setattr("sessions.wire.limits.WATCH_WINDOW_BYTES", 50_000)
    collector = await network.collector("relay")
    viewer = await network.viewer(kind, collector)
    served = next(link for link in network.hub.links if isinstance(link, watch.WatchLink))
    for message in [*said, control.Ping(n=1)]:
        await viewer.send(message)
    await eventually(lambda: None if control.Pong(n=1) in viewer.notices else "not heard")
    subscription = served._subscription
    assert subscription is not None
    subscription._limit = 100_000
    for _ in range(3):
        collector.emit("console", console("x" * 20_000), codec=0)
    await viewer.has_frames(3)  # and no more, before it says that it took them
    for _ in range(6):
        collector.emit("console", console("x" * 20_000), codec=0)
        await collector.all_acked()
    assert await viewer.refused() == "unavailable"
    assert len(viewer.frames) == 3
    # The collector notices nothing of it.
    assert collector.link is not None
    assert not collector.link.closed
    await viewer.aclose()
    await collector.aclose()


async def test_a_viewer_sends_no_frames(network: Network) -> None:
    collector = await network.collector()
    viewer = await network.viewer("relay", collector)
    assert viewer._socket is not None
    await viewer._socket.send(b"frame")
    assert await viewer.refused() == "message_malformed"
    await viewer.aclose()
    await collector.aclose()
