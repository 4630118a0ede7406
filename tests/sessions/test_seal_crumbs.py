"""A stream that goes on while it is sealed."""

import pytest

from sessions.models import Segment
from sessions.seal import run
from sessions.seal.claim import Claim
from tests.sessions.factories import a_stream, an_event, store_events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("objects")]


def test_what_comes_while_sealing_waits_for_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = a_stream().stream
    store_events(stream, [an_event(at) for at in range(5)])
    seal_range = run.seal_range

    def while_frames_come(claimed: Claim) -> bool:
        store_events(stream, [an_event(claimed.last_seq + 1)], seq=claimed.last_seq + 1)
        return seal_range(claimed)

    monkeypatch.setattr(run, "seal_range", while_frames_come)
    assert run.seal_stream(stream_id=stream.pk) == 1
    assert [(one.first_seq, one.last_seq) for one in Segment.objects.filter(stream=stream)] == [(0, 4)]
