"""The agent: its row, its drain, and peers that do not behave."""

import asyncio
from typing import Any

import pytest
from aiortc import RTCDataChannel, RTCPeerConnection

from sessions.models import AgentNode
from sessions.wire import control, signals
from signaling.agent import Agent, peer
from signaling.agent.closing import close_connection
from signaling.agent.sdp import only_data, usable_candidate, without_candidates
from tests.eventually import eventually
from tests.support.collector import Collector
from tests.support.signaling import SignalingRefused, channels_open, negotiate, peer_connection

from .conftest import Network
from .test_links import console


async def test_its_row_tells_of_it_and_goes_with_it(network: Network) -> None:
    agent = Agent(network.hub, capacity=7, drain_seconds=0.1)
    stop = asyncio.Event()
    running = asyncio.create_task(agent.run(stop))

    async def written() -> str | None:
        found = AgentNode.objects.filter(name=agent.name, capacity=7, draining=False)
        return None if await found.aexists() else "no row"

    await eventually(written)
    stop.set()
    await running
    assert not await AgentNode.objects.filter(name=agent.name).aexists()


async def test_a_drain_tells_peers_to_go_and_loses_nothing(network: Network) -> None:
    agent = Agent(network.hub, capacity=7, drain_seconds=5)
    stop = asyncio.Event()
    running = asyncio.create_task(agent.run(stop))
    await eventually(lambda: None if agent.name else "no name")
    await AgentNode.objects.filter(name=network.agent.name).aupdate(capacity=0)
    network.agent._capacity = 0

    async def ready() -> str | None:
        return None if await AgentNode.objects.ready().filter(name=agent.name).aexists() else "not ready"

    await eventually(ready)
    collector = await network.collector("rtc")
    assert agent.peers == 1
    collector.emit("console", console("before"))
    link = collector.link
    assert link is not None
    stop.set()
    await eventually(lambda: None if link.count(control.Goaway) else "no goaway")
    collector.emit("console", console("meanwhile"))
    await collector.connect("relay")
    collector.emit("console", console("after"))
    await collector.all_acked()
    await running
    assert [row.seq for row in await network.stored(collector)] == [0, 1, 2]
    await collector.aclose()


async def test_a_full_agent_refuses_and_the_relay_goes_on(network: Network) -> None:
    network.agent._capacity = 0
    collector = await network.collector("relay")
    with pytest.raises(SignalingRefused, match="unavailable"):
        await collector.connect("rtc")
    collector.emit("console", console("over the relay"))
    await collector.all_acked()
    await collector.aclose()


async def _open(
    network: Network, *labels: str, **options: Any
) -> tuple[Collector, RTCPeerConnection, list[RTCDataChannel]]:
    collector = await network.collector()
    assert collector.signaling is not None
    pc = peer_connection()
    channels = [pc.createDataChannel(label, **options) for label in labels]
    await negotiate(collector.signaling, pc)
    return collector, pc, channels


async def _closed_by_agent(network: Network, collector: Collector, pc: RTCPeerConnection) -> None:
    await eventually(lambda: f"{network.agent.peers} peers" if network.agent.peers else None)
    await close_connection(pc)
    await collector.aclose()


@pytest.mark.parametrize("label", ["tail", "other", "pointer"])
async def test_an_unexpected_channel_ends_the_peer(network: Network, label: str) -> None:
    collector, pc, _ = await _open(network, label)
    await _closed_by_agent(network, collector, pc)


@pytest.mark.parametrize("options", [{"ordered": False}, {"maxRetransmits": 0}, {"maxPacketLifeTime": 10}])
async def test_an_unreliable_channel_ends_the_peer(network: Network, options: dict[str, Any]) -> None:
    collector, pc, _ = await _open(network, "frames", **options)
    await _closed_by_agent(network, collector, pc)


async def test_a_channel_twice_ends_the_peer(network: Network) -> None:
    collector, pc, _ = await _open(network, "control", "control")
    await _closed_by_agent(network, collector, pc)


@pytest.mark.parametrize(("label", "data"), [("frames", "text"), ("control", b"bytes"), ("frames", b"early")])
async def test_the_wrong_sort_of_message_ends_the_peer(network: Network, label: str, data: str | bytes) -> None:
    collector, pc, channels = await _open(network, "control", "frames")
    await channels_open(*channels)
    next(channel for channel in channels if channel.label == label).send(data)
    await _closed_by_agent(network, collector, pc)


async def test_a_peer_that_never_opens_is_closed(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "OPEN_SECONDS", 0.2)
    collector, pc, _ = await _open(network, "frames")
    await _closed_by_agent(network, collector, pc)


async def test_a_failing_peer_ends_only_itself(network: Network) -> None:
    good = await network.collector("rtc")
    collector, pc, channels = await _open(network, "control", "frames")
    await channels_open(*channels)
    channels[0].send("[" * 10_000)
    await eventually(lambda: None if network.agent.peers == 1 else f"{network.agent.peers} peers")
    good.emit("console", console("still here"))
    await good.all_acked()
    await close_connection(pc)
    await collector.aclose()
    await good.aclose()


@pytest.mark.parametrize(
    "sdp", ["", "v=0", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "v=0\r\nm=application x y z\r\n"]
)
async def test_an_offer_that_is_none_is_refused(network: Network, sdp: str) -> None:
    collector = await network.collector()
    assert collector.signaling is not None
    await collector.signaling.send(signals.Offer(sdp=sdp, connection="bad"))
    with pytest.raises(SignalingRefused, match="message_malformed"):
        await collector.signaling.expect(signals.Answer)
    await eventually(lambda: f"{network.agent.peers} peers" if network.agent.peers else None)
    await collector.aclose()


async def test_an_early_end_of_candidates_does_no_harm(network: Network) -> None:
    """A browser says that it has no more before the agent has a pair; aioice would take that for failure."""
    collector = await network.collector()
    assert collector.signaling is not None
    pc = peer_connection()
    channels = [pc.createDataChannel("control"), pc.createDataChannel("frames")]
    await pc.setLocalDescription(await pc.createOffer())
    bare, candidates = without_candidates(pc.localDescription.sdp)
    assert candidates
    await collector.signaling.send(signals.Offer(sdp=bare + "a=end-of-candidates\r\n", connection="a"))
    await collector.signaling.send(signals.Candidate(connection="a", candidate=""))
    answer = await collector.signaling.expect(signals.Answer)
    await pc.setRemoteDescription(type(pc.localDescription)(sdp=answer.sdp, type="answer"))
    await channels_open(*channels)
    await close_connection(pc)
    await collector.aclose()


@pytest.mark.parametrize(
    ("candidate", "usable"),
    [
        ("candidate:1 1 udp 2122 192.168.1.5 50000 typ host", True),
        ("candidate:1 1 UDP 2122 2001:db8::5 50000 typ srflx raddr :: rport 0", True),
        ("candidate:1 1 tcp 2122 192.168.1.5 9 typ host tcptype active", False),
        ("candidate:1 1 udp 2122 3f6a3b0e.local 50000 typ host", False),
        ("candidate:1 1 udp 2122 239.1.2.3 50000 typ host", False),
        ("candidate:1 1 udp 2122 0.0.0.0 50000 typ host", False),
        ("candidate:1 1 udp 2122 127.0.0.1 50000 typ host", False),
        ("candidate:1 1 udp 2122 192.168.1.5 53 typ host", False),
        ("candidate:1 1 udp x 192.168.1.5 50000 typ host", False),
        ("nonsense", False),
    ],
)
def test_which_candidates_are_used(candidate: str, usable: bool) -> None:
    assert bool(usable_candidate(candidate, "0", "203.0.113.7")) is usable


def test_a_peer_on_this_machine_may_name_it() -> None:
    assert usable_candidate("candidate:1 1 udp 2122 127.0.0.1 50000 typ host", "0", "127.0.0.1")


def test_only_one_data_section_is_taken() -> None:
    assert only_data("v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n")
    assert not only_data("v=0\r\nm=application 9 X y\r\nm=video 9 X 96\r\n")
