"""Which link carries the frames, by the same rules as the collector's `links/ladder.ts`: the relay at once, `rtc` when
it opens, down again when it dies, up again when it heals. Make before break."""

import asyncio
import random
from collections.abc import Callable
from typing import Final, Protocol

from tests.faults.carrier import Carrier
from tests.faults.links import Kind

RELAY_FIRST_SECONDS: Final = 0.5
RELAY_MOST_SECONDS: Final = 2.0
RTC_WAITS_SECONDS: Final = (2.0, 5.0, 15.0, 30.0, 60.0)


class Make(Protocol):
    def __call__(
        self,
        kind: Kind,
        *,
        on_open: Callable[[Carrier], None],
        on_closed: Callable[[Carrier, str], None],
    ) -> Carrier | None:
        """A carrier over a new link, None where there is no such link now."""


class Ladder:
    """`on_link` is told what carries frames now."""

    def __init__(self, make: Make, on_link: Callable[[Kind | None], None], seed: int) -> None:
        self._make = make
        self._on_link = on_link
        self._random = random.Random(seed)
        self.current: Carrier | None = None
        self._rising: dict[Kind, Carrier] = {}
        self._timers: dict[Kind, asyncio.TimerHandle] = {}
        self._failures: dict[Kind, int] = {"relay": 0, "rtc": 0}
        self._all: list[Carrier] = []
        self._closed = False

    def start(self) -> None:
        self._raise("relay")
        self._raise("rtc")

    def try_rtc(self) -> None:
        """An agent is there (again). An offer that nobody answered went to the one before it."""
        if self.current is None or self.current.kind != "rtc":
            self._failures["rtc"] = 0
            self._drop("rtc")
            self._raise("rtc")

    def pump(self) -> None:
        if self.current:
            self.current.pump()

    async def aclose(self) -> None:
        self._closed = True
        for kind in ("relay", "rtc"):
            self._drop(kind)
        if self.current:
            self.current.close()
        await asyncio.gather(*(carrier.gone() for carrier in self._all))

    def _raise(self, kind: Kind) -> None:
        if self._closed or kind in self._rising:
            return
        self._forget_timer(kind)
        if carrier := self._make(kind, on_open=self._opened, on_closed=self._gone):
            self._rising[kind] = carrier
            self._all.append(carrier)

    def _opened(self, carrier: Carrier) -> None:
        self._rising.pop(carrier.kind, None)
        if carrier.kind == "relay" and self.current and self.current.kind == "rtc":
            carrier.close()
            return
        before, self.current = self.current, carrier
        self._failures[carrier.kind] = 0
        if carrier.kind == "rtc":
            self._drop("relay")
        if before:
            before.close()
        self._on_link(carrier.kind)

    def _gone(self, carrier: Carrier, code: str) -> None:
        if self._rising.get(carrier.kind) is carrier:
            del self._rising[carrier.kind]
        was_current = carrier is self.current
        if was_current:
            self.current = None
            self._on_link(None)
        if carrier.kind == "rtc":
            if was_current:
                self._raise("relay")
            self._later("rtc", RTC_WAITS_SECONDS[min(self._failures["rtc"], 4)])
        elif self.current is None:
            wait = RELAY_FIRST_SECONDS * 2 ** self._failures["relay"]
            self._later("relay", min(wait, RELAY_MOST_SECONDS))

    def _later(self, kind: Kind, seconds: float) -> None:
        if self._closed:
            return
        self._failures[kind] += 1
        self._forget_timer(kind)
        wait = seconds * self._random.uniform(0.5, 1.5)
        self._timers[kind] = asyncio.get_running_loop().call_later(wait, lambda: self._again(kind))

    def _again(self, kind: Kind) -> None:
        del self._timers[kind]
        if self.current is None or (kind == "rtc" and self.current.kind != "rtc"):
            self._raise(kind)

    def _drop(self, kind: Kind) -> None:
        self._forget_timer(kind)
        if carrier := self._rising.pop(kind, None):
            carrier.close()

    def _forget_timer(self, kind: Kind) -> None:
        if timer := self._timers.pop(kind, None):
            timer.cancel()
