"""The ack window: `have` is exactly the end of the run from 0, in whatever order and however often frames come."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.log.window import MAX_AHEAD, AckWindow


def contiguous(seqs: set[int], start: int = -1) -> int:
    have = start
    while have + 1 in seqs:
        have += 1
    return have


@given(st.lists(st.integers(0, 40)), st.integers(-1, 10))
def test_have_is_the_end_of_the_run(seqs: list[int], start: int) -> None:
    window = AckWindow(start)
    seen: set[int] = set()
    for seq in seqs:
        assert window.add(seq) == (seq > start and seq not in seen)
        seen.add(seq)
        assert window.have == contiguous(seen, start)


@given(st.permutations(range(30)))
def test_any_order_ends_the_same(order: list[int]) -> None:
    window = AckWindow()
    assert all(window.add(seq) for seq in order)
    assert window.have == 29


@given(st.lists(st.one_of(st.integers(0, 30), st.tuples(st.just("to"), st.integers(-1, 30)))))
def test_advancing_settles_what_is_below(steps: list[int | tuple[str, int]]) -> None:
    window = AckWindow()
    seen: set[int] = set()
    for step in steps:
        before = window.have
        if isinstance(step, tuple):
            window.advance(step[1])
            seen |= set(range(step[1] + 1))
        else:
            window.add(step)
            seen.add(step)
        assert window.have == contiguous(seen) >= before


def test_what_is_remembered_is_bounded() -> None:
    window = AckWindow()
    for seq in range(1, MAX_AHEAD + 1):
        assert window.add(seq)
    assert not window.add(MAX_AHEAD + 1)
    assert not window.add(4_294_967_295)
    assert window.add(0)
    assert window.have == MAX_AHEAD
