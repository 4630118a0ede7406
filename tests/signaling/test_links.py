"""A collector's link, the same over both carriers: resume, ack, resend, and every way in which a peer can be wrong."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import timezone

from sessions.log import writer as log_writer
from sessions.models import Recording
from sessions.wire import control, frame
from sessions.wire.batch import Event, frames_of
from sessions.wire.limits import INITIAL_CREDIT_BYTES, MAX_FRAME_BYTES, WIRE_VERSION
from tests.eventually import eventually
from tests.support.collector import Collector, Kind, LinkRefused

from .conftest import Network


def console(text: str) -> dict[str, object]:
    return {"level": "log", "args": [text], "stack": ""}


def next_frame(collector: Collector, *, ahead: int = 0, text: str = "x") -> frame.Frame:
    """The frame that is due, or one `ahead` of it, made aside of the collector."""
    events = [Event(collector.at, "console", console(text))]
    return frames_of(events, stream=collector.stream, seq=collector.next_seq + ahead, codec=frame.CODEC_JSON)[0]


async def test_frames_are_acked_once_they_are_committed(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    for n in range(5):
        collector.emit("console", console(str(n)))
    await collector.all_acked()
    stored = await network.stored(collector)
    assert [row.seq for row in stored] == [0, 1, 2, 3, 4]
    assert {row.get_link_display() for row in stored} == {kind}
    assert collector.acked == 4
    await collector.aclose()


async def test_the_ack_is_repeated_once(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    collector.emit("console", console("one"))
    link = collector.link
    assert link is not None
    await eventually(lambda: None if link.count(control.Ack) == 2 else f"{link.count(control.Ack)} acks")
    assert {ack.seq for ack in link.received if isinstance(ack, control.Ack)} == {0}
    await collector.aclose()


async def test_a_link_that_was_cut_is_resumed_behind_what_is_stored(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    collector.emit("console", console("before"))
    await collector.all_acked()
    assert collector.link is not None
    await collector.link.cut()
    for n in range(3):
        collector.emit("console", console(f"while away {n}"))
    link = await collector.connect(kind)
    have = link.first(control.Have)
    assert have is not None
    assert have.seq == 0
    await collector.all_acked()
    assert [row.seq for row in await network.stored(collector)] == [0, 1, 2, 3]
    await collector.aclose()


async def test_repeats_are_dropped_and_frames_go_on(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    collector.emit("console", console("a"))
    first = collector.unacked[0]
    await collector.all_acked()
    assert collector.link is not None
    collector.link.send_frame(first)
    collector.emit("console", console("b"))
    await collector.all_acked()
    assert [row.seq for row in await network.stored(collector)] == [0, 1]
    await collector.aclose()


@pytest.mark.parametrize("to", ["rtc", "relay"])
async def test_a_switch_loses_and_repeats_nothing(network: Network, kind: Kind, to: Kind) -> None:
    collector = await network.collector(kind)
    for n in range(20):
        collector.emit("console", console(str(n)))
        if n == 10:
            old = collector.link
            await collector.connect(to)
            assert old is not None
            assert old.closed
    await collector.all_acked()
    stored = await network.stored(collector)
    assert [row.seq for row in stored] == list(range(20))
    await collector.aclose()


async def test_a_switch_while_frames_wait_for_the_commit_goes_on_behind_them(
    network: Network, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newer link is told an older `have`, then an ack of what the older link brought."""
    collector, other = await network.collector(kind), await network.collector("relay")
    monkeypatch.setattr(log_writer, "COMMIT_SECONDS", 60.0)
    monkeypatch.setattr(log_writer, "COMMIT_FRAMES", 4)
    for n in range(3):
        collector.emit("console", console(str(n)))
    writer = network.hub.writer
    await eventually(lambda: None if writer.waiting == 3 else f"{writer.waiting} frames wait")
    newer = await collector.connect(kind, resume=False)
    have = await newer.resume(collector.token)
    assert have.seq == -1
    monkeypatch.setattr(log_writer, "COMMIT_SECONDS", 0.025)
    other.emit("console", console("the fourth frame"))
    await eventually(lambda: None if newer.count(control.Ack) else "no ack")
    await collector.disconnect()
    collector.link = newer
    newer.last_sent = collector.acked
    collector.emit("console", console("after"))
    await collector.all_acked()
    assert not newer.closed
    assert [row.seq for row in await network.stored(collector)] == [0, 1, 2, 3]
    await other.aclose()
    await collector.aclose()


async def test_a_newer_link_supersedes_the_older(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    older = collector.link
    assert older is not None
    newer = await collector.connect(kind, resume=False)
    await newer.resume(collector.token)
    assert await older.refused() == "superseded"
    assert not newer.closed
    await newer.close()
    await collector.aclose()


async def test_a_frame_of_another_stream_is_refused(network: Network, kind: Kind) -> None:
    await _refused(network, kind, "frame_foreign_stream", lambda due: frame.encode(replace(due, stream=uuid4())))


async def test_a_corrupt_frame_is_refused(network: Network, kind: Kind) -> None:
    await _refused(network, kind, "frame_corrupt", lambda due: frame.encode(due)[:-1] + b"\0")


async def test_bytes_that_are_no_frame_are_refused(network: Network, kind: Kind) -> None:
    await _refused(network, kind, "frame_foreign", lambda due: b"GET / HTTP/1.1\r\n" * 10)


async def test_a_hole_is_refused(network: Network, kind: Kind) -> None:
    await _refused(network, kind, "frame_hole", lambda due: frame.encode(replace(due, seq=due.seq + 1)))


async def test_an_oversized_frame_is_refused(network: Network, kind: Kind) -> None:
    await _refused(network, kind, "frame_too_large", lambda due: frame.encode(due) + bytes(MAX_FRAME_BYTES))


async def test_a_foreign_version_is_refused(network: Network, kind: Kind) -> None:
    def of_another_version(due: frame.Frame) -> bytes:
        data = bytearray(frame.encode(due))
        data[2] = WIRE_VERSION + 1
        return bytes(data)

    await _refused(network, kind, "version", of_another_version)


async def _refused(network: Network, kind: Kind, code: str, spoil: object) -> None:
    """One good frame, then the spoiled one: a typed error and its close code; the good one stays readable."""
    collector = await network.collector(kind)
    collector.emit("console", console("good"))
    await collector.all_acked()
    link = collector.link
    assert link is not None
    link.send_frame(spoil(next_frame(collector)))  # type: ignore[operator]
    assert await link.refused() == code
    if kind == "relay":
        from sessions.wire.errors import CLOSE_CODES

        assert link.close_code == CLOSE_CODES[code]
    stored = await network.stored(collector)
    assert [frame.decode(bytes(row.body)).seq for row in stored] == [0]
    await collector.aclose()


async def test_more_than_the_credit_is_refused(network: Network, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing is committed, so credit never grows.
    monkeypatch.setattr(network.hub.writer, "append", lambda *args: None)
    collector = await network.collector(kind)
    link = collector.link
    assert link is not None
    assert link.credit == INITIAL_CREDIT_BYTES
    body = "x" * 60_000
    for ahead in range(INITIAL_CREDIT_BYTES // 60_000 + 2):
        link.send_frame(frame.encode(next_frame(collector, ahead=ahead, text=body)))
    assert await link.refused() == "credit_exceeded"
    await collector.aclose()


async def test_credit_grows_with_commits(network: Network, kind: Kind, in_bulk: None) -> None:
    collector = await network.collector(kind)
    body = "x" * 60_000
    for _ in range(2 * INITIAL_CREDIT_BYTES // 60_000):
        collector.emit("console", console(body), codec=frame.CODEC_JSON)
    await collector.all_acked(30)
    assert collector.link is not None
    assert collector.link.credit > INITIAL_CREDIT_BYTES
    await collector.aclose()


async def test_frames_before_have_are_refused(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    link = await collector.connect(kind, resume=False)
    link.send(control.Ping(n=1))
    await eventually(lambda: None if link.count(control.Pong) else "no pong")
    link.send_frame(frame.encode(next_frame(collector)))
    assert await link.refused() == "message_malformed"
    await link.close()
    await collector.aclose()


async def test_a_forged_token_is_refused(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    link = await collector.connect(kind, resume=False)
    with pytest.raises(LinkRefused, match="unauthorized"):
        await link.resume(collector.token[:-1] + ("a" if collector.token[-1] != "a" else "b"))
    await link.close()
    await collector.aclose()


async def test_an_unknown_wire_version_is_refused(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    link = await collector.connect(kind, resume=False)
    with pytest.raises(LinkRefused, match="version"):
        await link.resume(collector.token, version=WIRE_VERSION + 1)
    await link.close()
    await collector.aclose()


async def test_an_ended_recording_takes_no_link(network: Network, kind: Kind) -> None:
    collector = await network.collector()
    await Recording.objects.filter(pk=collector.recording).aupdate(ended_at=timezone.now())
    link = await collector.connect(kind, resume=False)
    with pytest.raises(LinkRefused, match="recording_ended"):
        await link.resume(collector.token)
    await link.close()
    await collector.aclose()


async def test_a_recording_that_ends_meanwhile_closes_its_link(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    await Recording.objects.filter(pk=collector.recording).aupdate(ended_at=timezone.now())
    collector.emit("console", console("late"))
    assert collector.link is not None
    assert await collector.link.refused() == "recording_ended"
    await collector.aclose()


async def test_a_link_that_is_not_opened_is_closed(
    network: Network, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.wire.limits.OPEN_TIMEOUT_MS", 200)
    collector = await network.collector()
    link = await collector.connect(kind, resume=False)
    assert await link.refused() == "open_timeout"
    await link.close()
    await collector.aclose()


async def test_garbage_on_control_is_refused(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    link = collector.link
    assert link is not None
    link.send_text('{"t": "resume", "token": 5}')
    assert await link.refused() == "message_malformed"
    await collector.aclose()


async def test_nobody_asks_for_the_clock_and_an_answer_does_no_harm(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    link = collector.link
    assert link is not None
    link.send(control.Clocked(n=1, at=0))
    collector.emit("console", console("after"))
    await collector.all_acked()
    assert not link.count(control.Clock)
    await collector.aclose()


async def test_a_link_of_a_gone_peer_leaves_nothing_behind(network: Network, kind: Kind) -> None:
    collector = await network.collector(kind)
    await collector.aclose()
    await eventually(lambda: f"{network.hub.links}" if network.hub.links else None)
    await eventually(lambda: f"{network.agent.peers} peers" if network.agent.peers else None)
