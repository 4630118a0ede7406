"""Window, ICE credentials and the choice of an agent: pure."""

import base64
import hashlib
import hmac
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.models import AgentNode
from sessions.wire.errors import CreditExceeded, FrameHole, FrameVersion
from signaling.consumers import wire_version
from signaling.ice import turn_password
from signaling.link.window import ReceiveWindow
from signaling.nodes import choose


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=100), st.integers(-1, 1_000))
def test_a_peer_that_obeys_is_never_refused_and_credit_never_shrinks(steps: list[tuple[bool, int]], have: int) -> None:
    window = ReceiveWindow(have=have, size=200)
    seq, sent, credit = have + 1, 0, window.credit
    for commits, size in steps:
        if commits:
            window.commit(seq - 1)
        elif sent + size <= window.credit:
            assert window.take(seq, size)
            seq, sent = seq + 1, sent + size
        assert window.credit >= credit
        assert window.credit <= sent + 200
        credit = window.credit
    window.commit(seq - 1)
    assert window.credit == sent + 200


def test_repeats_count_as_settled() -> None:
    window = ReceiveWindow(have=4, size=100)
    assert not window.take(3, 60)
    assert not window.take(4, 60)
    assert window.take(5, 90)
    with pytest.raises(CreditExceeded):
        window.take(6, 20)


def test_a_hole_is_no_frame() -> None:
    window = ReceiveWindow(have=-1, size=100)
    with pytest.raises(FrameHole):
        window.take(1, 1)
    assert window.take(0, 1)


def test_what_an_older_link_brought_is_no_hole() -> None:
    """Its frames were waiting for the commit when the newer link was told `have`."""
    window = ReceiveWindow(have=-1, size=100)
    window.commit(9)
    assert window.take(10, 60)
    assert not window.take(9, 30)
    window.commit(10)
    assert window.credit == 190
    with pytest.raises(FrameHole):
        window.take(12, 1)


def test_the_turn_password_is_coturns() -> None:
    expected = hmac.new(b"north", b"1700000000:abc", hashlib.sha1).digest()
    assert turn_password("north", "1700000000:abc") == base64.b64encode(expected).decode()


def test_a_recording_stays_with_its_agent_until_that_is_crowded() -> None:
    nodes = [AgentNode(name=name, capacity=10, connections=0) for name in ("a", "b", "c")]
    recordings = [uuid4().hex for _ in range(200)]
    first = {recording: choose(nodes, recording) for recording in recordings}
    assert {node.name for node in first.values() if node} == {"a", "b", "c"}
    assert all(choose(list(reversed(nodes)), recording) is node for recording, node in first.items())
    nodes[0].connections = 9
    moved = [recording for recording, node in first.items() if node and node.name == "a"]
    assert all((node := choose(nodes, recording)) and node.name != "a" for recording in moved)
    assert choose([], "r") is None


@pytest.mark.parametrize(("versions", "version"), [((1, 1), 1), ((1, 9), 1)])
def test_the_newest_common_version_is_taken(versions: tuple[int, int], version: int) -> None:
    assert wire_version(versions) == version


def test_no_common_version_is_refused() -> None:
    with pytest.raises(FrameVersion):
        wire_version((2, 9))
