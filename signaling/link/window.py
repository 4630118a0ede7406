"""Which frames of a link were taken in, and how much more the collector may send. Pure."""

from collections import deque

from sessions.wire.errors import CreditExceeded, FrameHole


class ReceiveWindow:
    """Sequence and credit of one collector link.

    Credit is a total counted from the link's beginning: what was sent and is committed (or was a repeat), and `size`
    bytes ahead of that.
    """

    def __init__(self, *, have: int, size: int) -> None:
        self._next = have + 1
        self._size = size
        self._received = 0
        self._settled = 0
        self._waiting: deque[tuple[int, int]] = deque()

    @property
    def credit(self) -> int:
        """Bytes that may be sent on this link in all."""
        return self._settled + self._size

    def take(self, seq: int, size: int) -> bool:
        """Count a frame of `size` bytes in. False for a repeat. Raises `CreditExceeded` or `FrameHole`."""
        self._received += size
        if self._received > self.credit:
            raise CreditExceeded(f"{self._received} bytes, {self.credit} allowed")
        if seq > self._next:
            raise FrameHole(f"seq {seq} where {self._next} was due")
        if seq < self._next:
            self._settled += size
            return False
        self._next += 1
        self._waiting.append((seq, size))
        return True

    def commit(self, seq: int) -> None:
        """Everything up to `seq` is committed, whichever link brought it: what an older one left behind counts too."""
        self._next = max(self._next, seq + 1)
        while self._waiting and self._waiting[0][0] <= seq:
            self._settled += self._waiting.popleft()[1]
