"""A collector in Python, for tests, chaos and benchmarks: it speaks the protocol as the one in the browser does.

    collector = Collector(stack.url, key="demo", origin=stack.demo_site)
    await collector.hello()                      # signaling: recording, stream, token
    await collector.connect("relay")             # or "rtc"; resume → have; then what is unacked goes out
    collector.emit("console", {"level": "log", "args": ["hello"], "stack": ""})
    await collector.all_acked()
    await collector.aclose()

It keeps each frame until it is acked, sends the unacked ones again on each new link, and never sends more than the link
has credit for. With `stay_connected` it comes back by itself, over the link that it prefers or else the relay.

What it knows, for checks against the store: `sent[seq]` is the SHA-256 of each frame made, `acked` the last acked seq,
`acks` every ack with its time. `on_sent` and `on_acked` are called as it happens, to write a journal of one's own.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Literal
from uuid import UUID

import httpx
import msgspec
from aiortc import RTCPeerConnection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sessions.wire import control, frame, limits, signals
from sessions.wire.batch import Event, frames_of
from signaling.agent.closing import close_connection
from tests.eventually import eventually
from tests.support.signaling import (
    Signaling,
    SignalingRefused,
    channels_open,
    negotiate,
    origin_of,
    peer_connection,
    socket_url,
)

type Kind = Literal["rtc", "relay"]

VERSION: Final = "test-1"
RETRY_SECONDS: Final = 0.25
_decoder: msgspec.json.Decoder[control.ToCollector] = msgspec.json.Decoder(control.ToCollector)


class Collector:
    """See the module. One page load: one stream."""

    def __init__(
        self, url: str, *, key: str = "demo", origin: str | None = None, tab: str = "tab-1", handle: str = ""
    ) -> None:
        self.url = url
        self.key = key
        self.origin = origin
        self.tab = tab
        self.handle = handle
        self.began = time.monotonic()
        self.welcome: signals.Welcome | None = None
        self.signaling: Signaling | None = None
        self.link: Link | None = None
        self.live = False
        """The last cadence that was told."""
        self.next_seq = 0
        self.acked = -1
        self.acks: list[tuple[float, int]] = []
        self.sent: dict[int, str] = {}
        self.unacked: dict[int, bytes] = {}
        self.on_sent: Callable[[int, str], None] = lambda seq, digest: None
        self.on_acked: Callable[[int], None] = lambda seq: None
        self._staying: asyncio.Task[None] | None = None
        self._acked_more = asyncio.Event()

    @property
    def at(self) -> float:
        """Milliseconds since the stream began."""
        return (time.monotonic() - self.began) * 1000

    @property
    def stream(self) -> UUID:
        assert self.welcome is not None, "say hello first"
        return UUID(self.welcome.stream)

    @property
    def recording(self) -> UUID:
        assert self.welcome is not None, "say hello first"
        return UUID(self.welcome.recording)

    @property
    def token(self) -> str:
        assert self.welcome is not None, "say hello first"
        return self.welcome.token

    # Signaling

    async def hello(self) -> signals.Welcome:
        """Open signaling; with a stream running, take it up again. Raises `SignalingRefused` or `ConnectionError`."""
        if self.signaling is not None:
            await self.signaling.close()
        self.signaling = await Signaling.open(self.url, origin=self.origin)
        await self.signaling.send(self._hello())
        self.welcome = await self.signaling.expect(signals.Welcome)
        self.handle = self.welcome.handle
        return self.welcome

    def _hello(self) -> signals.Hello:
        return signals.Hello(
            key=self.key,
            versions=(limits.WIRE_VERSION_OLDEST, limits.WIRE_VERSION),
            collector=VERSION,
            at=self.at,
            tab=self.tab,
            page=signals.PageInfo(url=f"{self.origin or 'https://shop.example'}/", title="A page", referrer=""),
            device=signals.DeviceInfo(
                user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
                language="en",
                timezone="Europe/Berlin",
                screen_width=1920,
                screen_height=1080,
                viewport_width=1280,
                viewport_height=720,
            ),
            handle=self.handle,
            token=self.welcome.token if self.welcome else "",
        )

    # Links

    async def connect(self, kind: Kind, *, resume: bool = True) -> "Link":
        """Open a link beside the one in use, then use it instead (make before break).

        With `resume=False` nothing is said on it yet. Raises `ConnectionError` where it does not open.
        """
        link = await (RtcLink.open(self) if kind == "rtc" else RelayLink.open(self))
        if resume:
            await link.resume(self.token)
            older, self.link = self.link, link
            if older is not None:
                await older.close()
            self._send_waiting()
        return link

    async def disconnect(self) -> None:
        """Close the link in use; what is unacked is kept."""
        link, self.link = self.link, None
        if link is not None:
            await link.close()

    async def beacon(self) -> httpx.Response:
        """What is unacked, as far as it fits, the way a page that goes away sends it."""
        body = self.token.encode() + b"\n"
        for data in self.unacked.values():
            if len(body) + len(data) > limits.MAX_BEACON_BYTES:
                break
            body += data
        async with httpx.AsyncClient(timeout=10) as client:
            headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": self.origin or "https://shop.example"}
            return await client.post(f"{self.url}/ingest/beacon", content=body, headers=headers)

    def stay_connected(self, prefer: Kind = "rtc") -> None:
        """From now on, keep signaling and a link open until `aclose`, whatever dies on the way."""
        self._staying = asyncio.create_task(self._stay(prefer), name="test-collector")

    async def _stay(self, prefer: Kind) -> None:
        while True:
            try:
                if self.signaling is None or self.signaling.closed:
                    await self.hello()
                if self.link is None or self.link.closed:
                    await self._connect_somehow(prefer)
                elif self.link.kind != prefer and self.welcome and self.welcome.rtc:
                    await self.connect(prefer)
            except (OSError, TimeoutError, ConnectionClosed, AssertionError):
                pass  # try again
            await asyncio.sleep(RETRY_SECONDS)

    async def _connect_somehow(self, prefer: Kind) -> None:
        """The relay is up at once; the better link follows."""
        try:
            await self.connect("relay")
        except (OSError, TimeoutError, ConnectionClosed):
            if prefer == "relay":
                raise
            await self.connect(prefer)

    async def aclose(self) -> None:
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.gather(self._staying, return_exceptions=True)
        await self.disconnect()
        if self.signaling is not None:
            await self.signaling.close()

    # Events

    def emit(self, kind: str, data: Any, *, flags: int = 0, codec: int = frame.CODEC_DEFLATE) -> list[int]:
        """One event as one batch; returns the seqs of its frames. They go out when a link with credit is there."""
        return self.emit_batch([Event(self.at, kind, data)], flags=flags, codec=codec)

    def emit_batch(self, events: list[Event], *, flags: int = 0, codec: int = frame.CODEC_DEFLATE) -> list[int]:
        made = frames_of(events, stream=self.stream, seq=self.next_seq, flags=flags, codec=codec)
        for one in made:
            data = frame.encode(one)
            self.unacked[one.seq] = data
            self.sent[one.seq] = hashlib.sha256(data).hexdigest()
        self.next_seq = made[-1].seq + 1
        self._send_waiting()
        return [one.seq for one in made]

    def end(self) -> list[int]:
        """The stream's last batch."""
        return self.emit("end", {"reason": "stopped"}, flags=frame.FLAG_END)

    async def all_acked(self, timeout: float = 10.0) -> None:
        await eventually(lambda: f"unacked: {sorted(self.unacked)}" if self.unacked else None, timeout)

    def _send_waiting(self) -> None:
        link = self.link
        if link is None or link.closed:
            return
        for seq, data in self.unacked.items():
            if seq > link.last_sent:
                if link.sent_bytes + len(data) > link.credit:
                    return
                link.send_frame(data)
                link.last_sent = seq
                self.on_sent(seq, self.sent[seq])

    # Told by links

    def take(self, link: "Link", message: control.ToCollector) -> None:
        match message:
            case control.Ack(seq):
                self._settle(seq)
            case control.Credit():
                self._send_waiting()
            case control.Cadence(live):
                self.live = live
            case control.Have(seq, _, live):
                self._settle(seq)
                self.live = live
            case control.Clock(n):
                link.send(control.Clocked(n=n, at=self.at))

    def _settle(self, seq: int) -> None:
        self.acks.append((time.monotonic(), seq))
        if seq <= self.acked:
            return
        self.acked = seq
        for known in [known for known in self.unacked if known <= seq]:
            del self.unacked[known]
        self.on_acked(seq)


class Link:
    """The collector's end of one link. Everything that came is kept in `received`."""

    kind: Kind

    def __init__(self, collector: Collector) -> None:
        self.received: list[control.ToCollector] = []
        self.error: control.Refused | None = None
        self.close_code: int | None = None
        self.closed = False
        self.credit = 0
        self.sent_bytes = 0
        self.last_sent = -1
        self._collector = collector
        self._have = asyncio.Event()
        self._pinging: asyncio.Task[None] | None = None
        self._pings = 0
        self._ponged_at = time.monotonic()

    # What a kind of link does

    def send_text(self, text: str) -> None:
        raise NotImplementedError

    def send_bytes(self, data: bytes) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        """Close it; returns when it is."""
        self._gone()
        if self._pinging is not None:
            await asyncio.gather(self._pinging, return_exceptions=True)

    async def cut(self) -> None:
        """End it without a word, as when the path breaks."""
        await self.close()

    # What all do

    def send(self, message: control.Message) -> None:
        self.send_text(control.encode(message))

    def send_frame(self, data: bytes) -> None:
        self.sent_bytes += len(data)
        self.send_bytes(data)

    async def resume(self, token: str, *, version: int = limits.WIRE_VERSION, timeout: float = 10.0) -> control.Have:
        """Raises `LinkRefused` or `ConnectionError`."""
        self.send(control.Resume(token=token, version=version))
        async with asyncio.timeout(timeout):
            await self._have.wait()
        have = self.first(control.Have)
        if have is None:
            raise LinkRefused(self.error) if self.error else ConnectionError("the link closed before `have`")
        self._pinging = asyncio.create_task(self._ping(), name="test-pings")
        return have

    def first[T: control.Message](self, kind: type[T]) -> T | None:
        return next((message for message in self.received if isinstance(message, kind)), None)

    def count(self, kind: type[control.Message]) -> int:
        return sum(isinstance(message, kind) for message in self.received)

    async def refused(self, timeout: float = 10.0) -> str:
        """Wait until the server closed the link; the code that it gave, "" for none."""
        await eventually(lambda: None if self.closed else "the link is open", timeout)
        return self.error.code if self.error else ""

    def _on_text(self, text: str | bytes) -> None:
        message = _decoder.decode(text)
        self.received.append(message)
        match message:
            case control.Have(seq, credit):
                self.credit, self.last_sent = credit, seq
                self._have.set()
            case control.Credit(total):
                self.credit = total
            case control.Pong():
                self._ponged_at = time.monotonic()
            case control.Refused():
                self.error = message
        self._collector.take(self, message)

    def _gone(self) -> None:
        self.closed = True
        self._have.set()
        if self._pinging is not None:
            self._pinging.cancel()

    async def _ping(self) -> None:
        """As the protocol asks: a link that answers no ping for LINK_DEAD_MS is dead."""
        self._ponged_at = time.monotonic()
        while True:
            self._pings += 1
            self.send(control.Ping(n=self._pings))
            await asyncio.sleep(limits.PING_INTERVAL_MS / 1000)
            if time.monotonic() - self._ponged_at > limits.LINK_DEAD_MS / 1000:
                self._gone()
                return


class LinkRefused(ConnectionError):
    """The server said `error` instead of `have`."""

    def __init__(self, error: control.Refused) -> None:
        super().__init__(f"{error.code}: {error.message}")
        self.code = error.code


class RelayLink(Link):
    """Over the WebSocket `/ws/relay`."""

    kind = "relay"

    def __init__(self, collector: Collector, socket: ClientConnection) -> None:
        super().__init__(collector)
        self._socket = socket
        self._queue: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._tasks = [
            asyncio.create_task(self._read(), name="test-relay-read"),
            asyncio.create_task(self._write(), name="test-relay-write"),
        ]

    @classmethod
    async def open(cls, collector: Collector) -> "RelayLink":
        socket = await connect(
            socket_url(collector.url, "/ws/relay"),
            origin=origin_of(collector.origin),
            compression=None,
            open_timeout=5,
            close_timeout=1,
        )
        return cls(collector, socket)

    def send_text(self, text: str) -> None:
        self._queue.put_nowait(text)

    def send_bytes(self, data: bytes) -> None:
        self._queue.put_nowait(data)

    async def close(self) -> None:
        await super().close()
        self._tasks[1].cancel()
        await self._socket.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cut(self) -> None:
        self._socket.transport.abort()
        await self.close()

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                self._on_text(text)
        self.close_code = self._socket.close_code
        self._gone()

    async def _write(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._socket.send(await self._queue.get())


class RtcLink(Link):
    """Over two DataChannels to the agent."""

    kind = "rtc"

    def __init__(self, collector: Collector, pc: RTCPeerConnection) -> None:
        super().__init__(collector)
        self.pc = pc
        self.frames = pc.createDataChannel("frames")
        self.control = pc.createDataChannel("control")
        self.control.on("message", self._on_text)
        self.control.on("close", self._gone)

    @classmethod
    async def open(cls, collector: Collector) -> "RtcLink":
        assert collector.signaling is not None, "say hello first"
        link = cls(collector, peer_connection())
        try:
            await negotiate(collector.signaling, link.pc)
            await channels_open(link.frames, link.control)
        except BaseException:
            await link.close()
            raise
        return link

    def send_text(self, text: str) -> None:
        if self.control.readyState == "open":
            self.control.send(text)

    def send_bytes(self, data: bytes) -> None:
        if self.frames.readyState == "open":
            self.frames.send(data)

    async def close(self) -> None:
        await super().close()
        await close_connection(self.pc)


__all__ = ["Collector", "Kind", "Link", "LinkRefused", "RelayLink", "RtcLink", "SignalingRefused"]
