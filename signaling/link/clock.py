"""A stream's clock, seen from here: estimated from round trips, the quickest one counts. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockEstimate:
    """All in milliseconds."""

    offset_ms: float
    """This process's monotonic clock when the stream's `at` was 0."""
    rtt_ms: float
    """Of the round trip that it comes from: the error is at most half of it."""


class StreamClock:
    """Asks and answers of one link. `now` is this process's monotonic clock in milliseconds."""

    def __init__(self) -> None:
        self._asked: dict[int, float] = {}
        self._n = 0
        self.estimate: ClockEstimate | None = None

    def ask(self, now: float) -> int:
        """The number of a new question; an older one that was not answered is forgotten."""
        self._n += 1
        self._asked = {self._n: now}
        return self._n

    def answer(self, n: int, at: float, now: float) -> None:
        """Take the answer to question `n`. One that nobody asked is left out."""
        asked = self._asked.pop(n, None)
        if asked is None:
            return
        rtt = now - asked
        if self.estimate is None or rtt <= self.estimate.rtt_ms:
            self.estimate = ClockEstimate(offset_ms=asked + rtt / 2 - at, rtt_ms=rtt)
