"""Which frames are sealed next."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.seal.plan import MAX_RAW_BYTES, HotFrame, Plan, plan
from sessions.wire.frame import FLAG_CONTINUED, FLAG_MORE


def frames(text: str, *, start: int = 0, size: int = 10, raw: int = 10) -> list[HotFrame]:
    """`.` a whole batch, `<` the beginning of one, `-` its middle, `>` its end, a space a missing frame."""
    flags = {".": 0, "<": FLAG_MORE, "-": FLAG_MORE | FLAG_CONTINUED, ">": FLAG_CONTINUED}
    return [HotFrame(start + n, flags[c], size, raw, n) for n, c in enumerate(text) if c != " "]


def planned(text: str, *, expected: int = 0, is_over: bool = False, max_bytes: int = 1000) -> tuple[int, int] | None:
    found = plan(frames(text), expected=expected, is_over=is_over, max_bytes=max_bytes)
    return (found.first_seq, found.last_seq) if found else None


def test_whole_batches_are_taken() -> None:
    assert planned("") is None
    assert planned("...") == (0, 2)
    assert planned("..<->.") == (0, 5)


def test_a_batch_without_its_end_waits_or_is_given_up() -> None:
    assert planned("..<-") == (0, 1)
    assert planned("<-") is None
    assert planned("<-", is_over=True) == (0, 1)


def test_a_hole_ends_the_range() -> None:
    assert planned(".. ..") == (0, 1)
    assert planned("  ..") is None
    assert planned("  ..", is_over=True) == (2, 3)
    assert planned("<- >.", is_over=True) == (0, 1)


def test_limits_cut_at_a_batch_and_never_inside() -> None:
    assert planned(".....", max_bytes=30) == (0, 2)
    assert planned("<----->.", max_bytes=30) == (0, 6)
    assert planned(".<--->.", max_bytes=30) == (0, 0)
    assert planned(".<--->.", max_bytes=30, is_over=True) == (0, 0)


def test_inflated_bytes_are_bounded_too() -> None:
    large = frames("...", raw=MAX_RAW_BYTES // 2)
    assert plan(large, expected=0, is_over=False, max_bytes=1000) == Plan(0, 1, 0)


def test_a_batch_that_never_ends_is_cut() -> None:
    assert planned("<" + "-" * 1_500, max_bytes=10**9) == (0, 1_023)


@given(st.text(".<-> ", max_size=40), st.booleans(), st.integers(10, 200))
def test_every_range_is_a_run_and_sealing_goes_on_to_the_end(text: str, is_over: bool, max_bytes: int) -> None:
    left, expected = frames(text), 0
    while (found := plan(left, expected=expected, is_over=is_over, max_bytes=max_bytes)) is not None:
        taken = [one for one in left if one.seq <= found.last_seq]
        assert [one.seq for one in taken] == list(range(found.first_seq, found.last_seq + 1))
        assert found.first_seq >= expected
        assert is_over or found.first_seq == expected
        left, expected = left[len(taken) :], found.last_seq + 1
    assert not is_over or not left
