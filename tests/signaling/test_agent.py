"""The agent: its row, its drain, and peers that do not behave."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCDataChannel, RTCPeerConnection
from aiortc.rtcsctptransport import (
    SCTP_DATA_FIRST_FRAG,
    SCTP_DATA_LAST_FRAG,
    SCTP_DATA_UNORDERED,
    WEBRTC_BINARY,
    DataChunk,
)
from aiortc.utils import uint32_add

from sessions.log.writer import LogWriter
from sessions.models import AgentNode
from sessions.wire import control, frame, signals
from sessions.wire.errors import RateLimited
from signaling.agent import Agent, inbound, peer
from signaling.agent import agent as agent_module
from signaling.agent.closing import close_connection
from signaling.agent.sdp import only_data, usable_candidate, without_candidates
from signaling.limits import Limits
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


async def test_its_file_is_fresh_while_frames_can_be_taken(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the database says, for which its health is not to blame."""
    monkeypatch.setattr(agent_module, "HEARTBEAT_SECONDS", 0.01)
    heartbeat = tmp_path / "agent.heartbeat"
    agent = Agent(network.hub, capacity=7, drain_seconds=0.1, heartbeat=heartbeat)
    beats: list[object] = []

    async def write(*args: object) -> bool:
        beats.append(args)
        return False

    monkeypatch.setattr(agent, "_write", write)
    stop = asyncio.Event()
    running = asyncio.create_task(agent.run(stop))
    await eventually(lambda: None if heartbeat.exists() else "no file")
    monkeypatch.setattr(LogWriter, "state", "stuck")
    heartbeat.unlink()
    before = len(beats)
    await eventually(lambda: None if len(beats) > before + 2 else "no beat")
    assert not heartbeat.exists()
    monkeypatch.setattr(LogWriter, "state", "retrying")
    await eventually(lambda: None if heartbeat.exists() else "no file")
    stop.set()
    await running
    assert not heartbeat.exists()


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


async def test_a_drain_does_not_wait_for_peers_that_vanished(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for one that says nothing any more nor for one that never opened."""
    monkeypatch.setattr(agent_module, "SILENT_SECONDS", 0.3)
    collector = await network.collector("rtc")
    other, pc, _ = await _open(network, "frames")
    assert collector.link is not None
    assert collector.link._pinging is not None
    collector.link._pinging.cancel()
    network.agent._drain_seconds = 30
    await asyncio.wait_for(network.agent._drain(), 5)
    assert network.agent.peers == 2
    await network.agent._close_peers()
    await close_connection(pc)
    await other.aclose()
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


async def _flood(network: Network, pc: RTCPeerConnection, chunks: Iterable[DataChunk]) -> int:
    """Send until the agent has had enough; how many bytes that took."""
    assert pc.sctp is not None
    sent = 0
    with suppress(ConnectionError):
        for n, chunk in enumerate(chunks):
            chunk.tsn = uint32_add(pc.sctp._local_tsn, n)
            await pc.sctp._send_chunk(chunk)
            sent += len(chunk.user_data)
            await asyncio.sleep(0)  # the agent is on this loop
            if not network.agent.peers:
                return sent
    return sent


def _chunk(stream: int, *, size: int, flags: int = 0) -> DataChunk:
    chunk = DataChunk(flags=flags)
    chunk.stream_id, chunk.protocol, chunk.user_data = stream, WEBRTC_BINARY, bytes(size)
    return chunk


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time to flood: a link need not say soon who it is."""
    monkeypatch.setattr("sessions.wire.limits.OPEN_TIMEOUT_MS", 60_000)


@pytest.mark.parametrize(("size", "waiting"), [(1_100, 1_200), (1, 200)])
async def test_a_message_without_an_end_ends_the_peer(
    network: Network, patient: None, monkeypatch: pytest.MonkeyPatch, size: int, waiting: int
) -> None:
    monkeypatch.setattr(inbound, "MAX_WAITING", waiting)
    collector, pc, channels = await _open(network, "control", "frames")
    await channels_open(*channels)
    said: list[str] = []
    channels[0].on("message", said.append)
    ident = channels[1].id or 0
    first = _chunk(ident, size=size, flags=SCTP_DATA_FIRST_FRAG)
    fragments = chain([first], (_chunk(ident, size=size) for _ in range(4_000)))
    assert await _flood(network, pc, fragments) < 2_000 * size
    await _closed_by_agent(network, collector, pc)
    assert any("credit_exceeded" in text for text in said)


async def test_messages_behind_a_missing_one_end_the_peer(
    network: Network, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is whole and unordered, so that none waits; the agent remembers the numbers of all."""
    monkeypatch.setattr(inbound, "MAX_WAITING", 200)
    collector, pc, channels = await _open(network, "control", "frames")
    await channels_open(*channels)
    whole = SCTP_DATA_FIRST_FRAG | SCTP_DATA_LAST_FRAG | SCTP_DATA_UNORDERED
    assert pc.sctp is not None
    pc.sctp._local_tsn = uint32_add(pc.sctp._local_tsn, 1)
    assert await _flood(network, pc, (_chunk(9, size=1, flags=whole) for _ in range(2_000))) < 2_000
    await _closed_by_agent(network, collector, pc)


async def test_a_stream_that_no_browser_would_number_ends_the_peer(network: Network, patient: None) -> None:
    collector, pc, channels = await _open(network, "control", "frames")
    await channels_open(*channels)
    await _flood(network, pc, [_chunk(60_000, size=1, flags=SCTP_DATA_FIRST_FRAG)])
    await _closed_by_agent(network, collector, pc)


async def test_large_frames_in_a_row_come_through(network: Network, in_bulk: None) -> None:
    collector = await network.collector("rtc")
    for _ in range(8):
        collector.emit("console", console("x" * 60_000), codec=frame.CODEC_JSON)
    await collector.all_acked(30)
    assert collector.link is not None
    assert not collector.link.closed
    await collector.aclose()


async def test_one_address_cannot_hold_all_half_open_peers(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_module, "MAX_HALF_OPEN", 8)
    for n in range(2):
        assert await _answered(network, "2001:db8::1", f"a{n}")
    with pytest.raises(RateLimited, match="half-open"):
        await _answered(network, "2001:db8::2", "of the same /64")
    assert await _answered(network, "192.0.2.9")


async def test_one_address_cannot_hold_all_peers(network: Network) -> None:
    network.agent._capacity = 4
    opened = [await network.collector("rtc") for _ in range(2)]
    third = await network.collector()
    with pytest.raises(SignalingRefused, match="rate_limited"):
        await third.connect("rtc")
    assert await _answered(network, "192.0.2.9")
    for collector in (*opened, third):
        await collector.aclose()


async def _answered(network: Network, address: str, who: str = "somebody") -> bool:
    """Whether the agent answers an offer from this address."""
    pc = peer_connection()
    pc.createDataChannel("frames")
    await pc.setLocalDescription(await pc.createOffer())
    offer = {"role": "collector", "address": address, "sdp": pc.localDescription.sdp}
    try:
        return bool(await network.agent._answer((who, "a"), offer))
    finally:
        await close_connection(pc)


async def test_offers_are_charged_as_connections_are(network: Network, settings: Any) -> None:
    settings.LIMIT_STARTS_PER_MINUTE = 1
    network.hub.limits = Limits()
    collector = await network.collector()
    assert collector.signaling is not None
    for n in range(9):
        await collector.signaling.send(signals.Offer(sdp="v=0", connection=str(n)))
    await collector.signaling.send(signals.Offer(sdp="v=0", connection="one too many"))
    wanted = "rate_limited"
    received = collector.signaling.received
    await eventually(lambda: None if wanted in {getattr(each, "code", "") for each in received} else f"{received}")
    await collector.aclose()


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
