"""How far a stream is contiguous. Pure."""

from typing import Final

MAX_AHEAD: Final = 4_096
"""Seqs that may be remembered behind a hole. A link has no holes, so this bounds what a liar costs."""


class AckWindow:
    """`have` is the last seq up to which nothing is missing; what came behind a hole is remembered until it closes."""

    __slots__ = ("_ahead", "_have")

    def __init__(self, have: int = -1) -> None:
        self._have = have
        self._ahead: set[int] = set()

    @property
    def have(self) -> int:
        return self._have

    def add(self, seq: int) -> bool:
        """Counts `seq` in. False where that changes nothing: known already, or too much is remembered."""
        if seq <= self._have or seq in self._ahead:
            return False
        if seq == self._have + 1:
            self.advance(seq)
            return True
        if len(self._ahead) >= MAX_AHEAD:
            return False
        self._ahead.add(seq)
        return True

    def advance(self, have: int) -> None:
        """Everything up to `have` is settled, however that came about. Never goes back."""
        if have <= self._have:
            return
        self._have = have
        if self._ahead:
            self._ahead = {seq for seq in self._ahead if seq > have}
            self._close_up()

    def _close_up(self) -> None:
        while self._have + 1 in self._ahead:
            self._have += 1
            self._ahead.remove(self._have)
