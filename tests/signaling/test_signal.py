"""Signaling through the consumer: who may enter, what is refused, and agents that come, go and refuse."""

import asyncio
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from sessions.models import AgentNode, Recording, Refusal, Stream
from sessions.wire import signals
from sessions.wire.errors import CLOSE_CODES
from sessions.wire.limits import MAX_SIGNAL_BYTES, WIRE_VERSION
from signaling.agent import Agent
from signaling.agent.closing import close_connection
from signaling.consumers import SignalConsumer
from tests.eventually import eventually
from tests.support.collector import Collector
from tests.support.signaling import Signaling, SignalingRefused, negotiate, peer_connection

from .conftest import ORIGIN, Network
from .test_links import console


async def test_hello_is_welcomed(network: Network) -> None:
    collector = await network.collector()
    welcome = collector.welcome
    assert welcome is not None
    recording = await Recording.objects.aget(pk=collector.recording)
    assert welcome.url == f"{network.app_origin}/sessions/{recording.pk}"
    assert (welcome.rtc, welcome.policy, welcome.version) == (True, "strict", WIRE_VERSION)
    assert welcome.ice_servers == []
    await collector.aclose()


async def test_turn_credentials_run_out_and_name_the_recording(network: Network, settings: Any) -> None:
    settings.STUN_URLS = []
    settings.TURN_URLS = ["turn:turn.example:3478"]
    settings.TURN_SECRET = "secret"
    collector = await network.collector()
    assert collector.welcome is not None
    (server,) = collector.welcome.ice_servers
    expiry, _, name = server.username.partition(":")
    assert int(expiry) > 0
    assert name == collector.recording.hex
    assert len(server.credential) == 28
    await collector.aclose()


async def test_a_handle_joins_the_recording(network: Network) -> None:
    first = await network.collector()
    second = await network.collector(handle=first.handle, tab="tab-2")
    assert second.recording == first.recording
    assert second.stream != first.stream
    await first.aclose()
    await second.aclose()


async def test_signaling_that_was_lost_takes_up_the_stream(network: Network) -> None:
    collector = await network.collector("rtc")
    stream = collector.stream
    collector.emit("console", console("before"))
    await collector.hello()
    assert collector.stream == stream
    # Frames went on without signaling.
    collector.emit("console", console("after"))
    await collector.all_acked()
    assert await Stream.objects.acount() == 1
    await collector.aclose()


async def test_an_unknown_key_is_refused(network: Network) -> None:
    await _hello_refused(Collector(network.url, key="nobody", origin=ORIGIN), "unauthorized")


async def test_a_foreign_origin_is_refused(network: Network) -> None:
    await _hello_refused(Collector(network.url, key=network.project.key, origin="https://evil.example"), "forbidden")


async def test_starts_are_limited_for_each_address_and_counted(network: Network, settings: Any) -> None:
    settings.LIMIT_STARTS_PER_MINUTE = 20
    from signaling.limits import Limits

    network.hub.limits = Limits()
    for _ in range(2):
        await (await network.collector()).aclose()
    await _hello_refused(Collector(network.url, key=network.project.key, origin=ORIGIN), "rate_limited")
    await network.hub.refusals.aclose()
    refusal = await Refusal.objects.aget()
    assert (refusal.code, refusal.count) == ("rate_limited", 1)


async def _hello_refused(collector: Collector, code: str) -> None:
    with pytest.raises(SignalingRefused, match=code):
        await collector.hello()
    signaling = collector.signaling
    assert signaling is not None
    await eventually(lambda: None if signaling.closed else "the socket is open")
    assert signaling.close_code == CLOSE_CODES[code]
    await collector.aclose()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"t":"offer","sdp":"","connection":"a"}', "message_malformed"),
        ('{"t":"nothing"}', "message_malformed"),
        ("[" * 10_000, "message_malformed"),
        (b"frame", "message_malformed"),
        ("x" * (MAX_SIGNAL_BYTES + 1), "message_too_large"),
    ],
)
async def test_what_is_no_hello_is_refused(network: Network, message: str | bytes, code: str) -> None:
    signaling = await Signaling.open(network.url, origin=ORIGIN)
    await signaling.send_raw(message)
    with pytest.raises(SignalingRefused, match=code):
        await signaling.expect(signals.Welcome)
    await signaling.close()


async def test_silence_is_closed(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.wire.limits.OPEN_TIMEOUT_MS", 100)
    signaling = await Signaling.open(network.url, origin=ORIGIN)
    await eventually(lambda: None if signaling.closed else "the socket is open")
    assert signaling.close_code == CLOSE_CODES["open_timeout"]
    await signaling.close()


async def test_without_an_agent_the_collector_is_told_and_later_asked_again(network: Network) -> None:
    await AgentNode.objects.filter(name=network.agent.name).aupdate(draining=True)
    network.agent._draining = True
    collector = await network.collector()
    assert collector.welcome is not None
    assert collector.signaling is not None
    assert not collector.welcome.rtc
    pc = peer_connection()
    pc.createDataChannel("frames")
    with pytest.raises(SignalingRefused, match="unavailable"):
        await negotiate(collector.signaling, pc)
    await close_connection(pc)
    assert not collector.signaling.closed
    stop = asyncio.Event()
    running = asyncio.create_task(Agent(network.hub, capacity=5, drain_seconds=1).run(stop))
    await collector.signaling.expect(signals.Restart)
    await collector.connect("rtc")
    collector.emit("console", console("over rtc"))
    await collector.all_acked()
    await collector.aclose()
    stop.set()
    await running


async def test_an_agent_that_is_gone_is_no_answer(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.consumers.ANSWER_SECONDS", 0.2)
    await AgentNode.objects.all().adelete()
    await AgentNode.objects.acreate(name="dead", capacity=1)
    monkeypatch.setattr(network.agent, "_draining", True)
    collector = await network.collector()
    await AgentNode.objects.exclude(name="dead").adelete()
    pc = peer_connection()
    pc.createDataChannel("frames")
    assert collector.signaling is not None
    with pytest.raises(SignalingRefused, match="unavailable"):
        await negotiate(collector.signaling, pc)
    await close_connection(pc)
    await collector.aclose()


async def test_too_many_candidates_are_refused(network: Network) -> None:
    collector = await network.collector()
    signaling = collector.signaling
    assert signaling is not None
    pc = peer_connection()
    pc.createDataChannel("frames")
    name = await negotiate(signaling, pc)
    for n in range(40):
        await signaling.send(
            signals.Candidate(connection=name, candidate=f"candidate:{n} 1 udp 1 192.0.2.1 9999 typ host")
        )
    with pytest.raises(SignalingRefused, match="rate_limited"):
        await signaling.expect(signals.Welcome)
    await close_connection(pc)
    await collector.aclose()


async def test_without_a_channel_layer_signaling_goes_on(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise ConnectionRefusedError("Redis is away")

    monkeypatch.setattr("signaling.consumers.layer", away)
    collector = await network.collector("relay")
    assert collector.welcome is not None
    assert not collector.welcome.rtc
    collector.emit("console", console("over the relay"))
    await collector.all_acked()
    await collector.aclose()


async def test_the_consumer_as_channels_drives_it(network: Network) -> None:
    """Without a server: the ASGI contract alone."""
    communicator = WebsocketCommunicator(SignalConsumer.as_asgi(), "/ws/signal", [(b"origin", ORIGIN.encode())])
    connected, _ = await communicator.connect()
    assert connected
    collector = Collector(network.url, key=network.project.key)
    await communicator.send_to(text_data=signals.encode(collector._hello()))
    assert '"t":"welcome"' in await communicator.receive_from()
    await communicator.disconnect()
