"""One visitor who comes, tells a steady stream of frames whatever happens to the server, and goes.

async with Visit("ann", stack.url, journal, seed=1) as visit:
    visit.talk()
    await eventually(lambda: visit.why_not_on("rtc"))
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from sessions.wire import limits, signals
from tests.eventually import eventually
from tests.faults.carrier import Carrier, Parts
from tests.faults.journal import Journal
from tests.faults.ladder import Ladder
from tests.faults.links import Ears, Kind, Link, RelayLink, RtcLink
from tests.faults.outbox import Outbox

FRAMES_PER_SECOND: Final = 25
ORIGIN: Final = "http://localhost:1"
SIGNAL_AGAIN_SECONDS: Final = (0.3, 1.0)
DEVICE: Final = signals.DeviceInfo("faults driver", "en", "UTC", 1280, 860, 1280, 860)

_to_peer: msgspec.json.Decoder[signals.ToPeer] = msgspec.json.Decoder(signals.ToPeer)


class Visit:
    """See the module. `links`: those that this visitor's network lets through."""

    def __init__(
        self, name: str, url: str, journal: Journal, *, seed: int, links: frozenset[Kind] = frozenset({"rtc", "relay"})
    ) -> None:
        self.name = name
        self._url = url.replace("http", "ws", 1)
        self._journal = journal
        self._seed = seed
        self._links = links
        self._random = random.Random(seed)
        self._began = time.monotonic()
        self._signals: asyncio.Queue[signals.Signal] = asyncio.Queue()
        self._routes: dict[str, Callable[[signals.Answer | None], None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._talking: asyncio.Task[None] | None = None
        self.welcome: signals.Welcome | None = None

    async def __aenter__(self) -> Self:
        self._tasks.append(asyncio.create_task(self._keep_signaling()))
        try:
            await eventually(lambda: None if self.welcome else f"{self.name} was not welcomed", 30)
        except BaseException:
            await self._end_tasks()
            raise
        assert self.welcome
        self.outbox = Outbox(UUID(self.welcome.stream), self._seed)
        self._parts = Parts(self.name, self._journal, self.outbox, self.welcome.token, self.now_ms)
        self.ladder = Ladder(self._make, self._on_link, self._seed)
        self.ladder.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hush()
        await self.ladder.aclose()
        await self._end_tasks()

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def recording(self) -> str:
        assert self.welcome
        return self.welcome.recording

    @property
    def stream(self) -> str:
        return str(self.outbox.stream)

    @property
    def link(self) -> Kind | None:
        return self.ladder.current.kind if self.ladder.current else None

    @property
    def acked(self) -> int:
        """Everything up to this seq is acked."""
        return self.outbox.acked

    @property
    def unacked(self) -> int:
        """Frames that were given to a link and are not acked."""
        return self.outbox.sent_to - self.acked

    def now_ms(self) -> float:
        return (time.monotonic() - self._began) * 1000

    def talk(self, rate: int = FRAMES_PER_SECOND) -> None:
        """From now on, `rate` batches a second."""
        self._talking = asyncio.create_task(self._talk(rate))

    async def hush(self) -> None:
        if self._talking:
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)
            self._talking = None

    async def leave(self) -> None:
        """Tell the end of the stream, and wait until everything is acked."""
        await self.hush()
        self.outbox.end(self.now_ms())
        self.ladder.pump()
        await eventually(lambda: f"{self.name}: {self.outbox.waiting} unacked" if self.outbox.waiting else None, 20)

    def burst(self, batches: int) -> None:
        """So many batches at once."""
        for _ in range(batches):
            self.outbox.tell(self.now_ms())
        self.ladder.pump()

    def why_not_on(self, kind: Kind) -> str | None:
        return None if self.link == kind else f"{self.name} is on {self.link}, not on {kind}"

    # Load

    async def _talk(self, rate: int) -> None:
        due = time.monotonic()
        while True:
            self.burst(1)
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    # Links

    def _make(
        self, kind: Kind, *, on_open: Callable[[Carrier], None], on_closed: Callable[[Carrier, str], None]
    ) -> Carrier | None:
        if kind not in self._links:
            return None
        return Carrier(self._parts, lambda ears: self._connect(kind, ears), on_open=on_open, on_closed=on_closed)

    def _connect(self, kind: Kind, ears: Ears) -> Link:
        return RtcLink(self, ears) if kind == "rtc" else RelayLink(f"{self._url}/ws/relay", ears)

    def _on_link(self, kind: Kind | None) -> None:
        self._journal.write("link", visit=self.name, link=kind)

    # Signaling

    def send(self, message: signals.Signal) -> None:
        self._signals.put_nowait(message)

    def route(self, connection: str, on: Callable[[signals.Answer | None], None]) -> Callable[[], None]:
        self._routes[connection] = on
        return lambda: self._routes.pop(connection, None) and None

    async def _keep_signaling(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                await self._signal()
            await asyncio.sleep(self._random.uniform(*SIGNAL_AGAIN_SECONDS))

    async def _signal(self) -> None:
        async with connect(f"{self._url}/ws/signal", origin=ORIGIN, ping_interval=None, close_timeout=1) as socket:  # type: ignore[arg-type]  # an Origin is a str
            await socket.send(signals.encode(self._hello()))
            sending: asyncio.Task[None] | None = None
            try:
                async for message in socket:
                    said = _to_peer.decode(message)
                    if isinstance(said, signals.Welcome) and sending is None:
                        self.welcome = self.welcome or said
                        sending = asyncio.create_task(self._send_signals(socket.send))
                    self._take(said)
            finally:
                if sending:
                    sending.cancel()
                    await asyncio.gather(sending, return_exceptions=True)

    async def _send_signals(self, send: Callable[[str], object]) -> None:
        while True:
            message = await self._signals.get()
            await send(signals.encode(message))  # type: ignore[misc]  # websockets' `send` is a coroutine function

    def _take(self, said: signals.ToPeer) -> None:
        match said:
            case signals.Answer(connection=connection):
                self._answer(connection, said)
            case signals.Bye(connection) | signals.Refused(connection=connection) if connection:
                self._answer(connection, None)
            case signals.Restart():
                self.ladder.try_rtc()
            case signals.Refused(code):
                raise AssertionError(f"{self.name}: signaling refused: {code}")
            case _:
                pass

    def _answer(self, connection: str, answer: signals.Answer | None) -> None:
        if on := self._routes.get(connection):
            on(answer)

    def _hello(self) -> signals.Hello:
        return signals.Hello(
            key="demo",
            versions=(limits.WIRE_VERSION_OLDEST, limits.WIRE_VERSION),
            collector="faults",
            at=self.now_ms(),
            tab=self.name,
            page=signals.PageInfo(f"{ORIGIN}/{self.name}", self.name, ""),
            device=DEVICE,
            token=self.welcome.token if self.welcome else "",
        )
