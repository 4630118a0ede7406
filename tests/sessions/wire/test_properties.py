"""The codec: whatever is written is read again; whatever is read wrongly is a typed error."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.wire import batch, errors, frame, limits
from sessions.wire.batch import Event
from tests.sessions.factories import as_event

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
events = st.lists(st.builds(Event, st.floats(0, 10_000_000), st.text(max_size=20), values), min_size=1, max_size=8).map(
    lambda found: sorted(found, key=lambda event: event.at)
)
streams = st.uuids()
codecs = st.sampled_from(frame.CODECS)


@given(events, streams, st.integers(0, limits.MAX_SEQ - 10), codecs)
def test_events_survive_the_wire(found: list[Event], stream: UUID, seq: int, codec: int) -> None:
    frames = batch.frames_of(found, stream=stream, seq=seq, codec=codec)
    assert [one.seq for one in frames] == list(range(seq, seq + len(frames)))
    assert all(len(frame.encode(one)) <= limits.MAX_FRAME_BYTES for one in frames)
    read = [frame.decode(frame.encode(one)) for one in frames]
    assert read == frames
    (whole,) = batch.batches(read)
    assert whole.events() == found
    (kept,) = batch.batches(frame.decode_all(b"".join(map(frame.encode, batch.inflated(whole)))))
    assert kept.events() == found
    assert [as_event(event) for event in kept.raw_events()] == found


@given(st.binary(max_size=200_000), codecs, st.integers(0, 15))
def test_large_batches_are_split_and_joined(noise: bytes, codec: int, flags: int) -> None:
    found = [Event(1, "dom", noise.hex())]
    frames = batch.frames_of(found, stream=UUID(int=1), seq=0, codec=codec, flags=flags & frame.FLAG_END)
    assert [one.more for one in frames] == [True] * (len(frames) - 1) + [False]
    assert [one.ends_stream for one in frames[:-1]] == [False] * (len(frames) - 1)
    (whole,) = batch.batches(frames)
    assert whole.events() == found


@given(st.binary(max_size=400))
def test_noise_is_a_typed_error(noise: bytes) -> None:
    with pytest.raises(errors.WireError):
        frame.decode(noise)


@given(events, st.integers(0), st.integers(1, 255), codecs)
def test_a_changed_byte_never_passes_for_other_events(found: list[Event], place: int, change: int, codec: int) -> None:
    """In the payload the checksum catches it. In the header it is an error, or a value that others check."""
    (one,) = batch.frames_of(found, stream=UUID(int=1), seq=0, codec=codec)
    data = bytearray(frame.encode(one))
    place %= len(data)
    data[place] ^= change
    try:
        read = frame.decode(bytes(data))
        (whole,) = batch.batches([read])
        changed = whole.events()
    except (errors.WireError, ValueError):
        return
    assert place < frame.HEADER_BYTES
    assert changed == found


@given(events, st.data(), codecs)
def test_a_cut_frame_is_truncated(found: list[Event], data: st.DataObject, codec: int) -> None:
    encoded = frame.encode(batch.frames_of(found, stream=UUID(int=1), seq=0, codec=codec)[0])
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(errors.FrameTruncated):
        frame.decode(encoded[:cut])


def test_close_codes_are_in_the_private_range() -> None:
    assert all(4000 <= close <= 4999 for close in errors.CLOSE_CODES.values())
    assert len(errors.CLOSE_CODES) == len(set(errors.CLOSE_CODES))
