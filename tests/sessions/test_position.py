"""Where a stream stands, while other processes move its frames."""

from uuid import UUID

import pytest

from sessions.log import position as position_module
from sessions.log.position import position
from sessions.seal.run import seal_stream
from tests.sessions.factories import a_stream, an_event, store_events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("objects")]


def test_frames_that_are_sealed_between_two_looks_are_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = a_stream().stream
    following = store_events(stream, [an_event(at) for at in range(5)])
    look = position_module._contiguous

    def sealed_meanwhile(stream_id: UUID, sealed_to: int) -> int:
        if sealed_to == -1:
            seal_stream(stream_id=stream_id)
            store_events(stream, [an_event(9)], seq=following)
        return look(stream_id, sealed_to)

    monkeypatch.setattr(position_module, "_contiguous", sealed_meanwhile)
    assert position(stream.pk).have == following
