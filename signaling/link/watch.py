"""The server's end of one viewer's link: the live tail of a recording (docs/protocol.md, "Control").

A viewer that is slower than what comes is closed with `unavailable`; it misses nothing, since all of it is in the log.
What it says that it took is all that is known of how fast it is: the server below takes whatever it is given.
The member's rights are read again every RIGHTS_SECONDS.
"""

import asyncio
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sessions import tokens
from sessions.models import Member, Recording
from sessions.wire import control, limits
from sessions.wire.errors import Forbidden, MessageMalformed, Unauthorized, Unavailable
from signaling.database import in_database
from signaling.tail import Subscription

from .base import LinkBase
from .outlet import WatchOutlet

if TYPE_CHECKING:
    from signaling.hub import Hub

RIGHTS_SECONDS: Final = 60.0
SILENCE_SECONDS: Final = 90.0


class WatchLink(LinkBase):
    """See the module. `place` is where the token is used: once at each (`rtc`, `relay`)."""

    def __init__(self, hub: "Hub", outlet: WatchOutlet, *, place: str) -> None:
        super().__init__(hub, outlet, kind=f"watch_{place}", silence=SILENCE_SECONDS)
        self._place = place
        self._out = outlet
        self._asked = False
        self._subscription: Subscription | None = None
        self._sent = 0
        self._took = 0
        self._told = asyncio.Event()

    def on_text(self, text: str) -> None:
        """One control message, as it came."""
        self._guard(lambda: self._on_text(text))

    def on_frame(self, data: bytes) -> None:
        """A viewer sends no frames."""
        self._guard(_refuse_frame)

    def _on_text(self, text: str) -> None:
        self._hear()
        match control.decode_from_viewer(text):
            case control.Ping(n):
                self.send(control.Pong(n=n))
            case control.Took(taken):
                self._took = min(taken, self._sent)
                self._told.set()
            case control.Watch(token) if not self._asked:
                self._asked = True
                self._run(self._open(token))
            case _:
                raise MessageMalformed("watch comes once")

    async def _open(self, text: str) -> None:
        token = await claim_watch(self._hub, text, self._place)
        self._cancel("open")
        self._subscription = subscription = self._hub.tail.subscribe(token.recording)
        subscription.on_late = self._on_late
        self.send(control.Watching(recording=str(token.recording)))
        self._run(self._keep_checking(token))
        await self._pump(subscription)

    async def _pump(self, subscription: Subscription) -> None:
        async for item in subscription:
            await self._room()
            if isinstance(item, str):
                self._out.send_text(item)
            else:
                self._sent += len(item)
                self._out.send_bytes(item)

    def _on_late(self) -> None:
        self.fail(Unavailable("the viewer is too slow"))

    async def _room(self) -> None:
        """Wait for the carrier, and for the viewer to say what it took; meanwhile things queue up."""
        await self._out.ready()
        while self._sent - self._took > limits.WATCH_WINDOW_BYTES:
            self._told.clear()
            await self._told.wait()

    async def _keep_checking(self, token: tokens.WatchToken) -> None:
        while True:
            await asyncio.sleep(RIGHTS_SECONDS)
            try:
                await in_database(check_rights, token)
            except Unavailable:
                continue  # the database is away; live goes on without it

    def _release(self) -> None:
        if self._subscription is not None:
            self._subscription.close()


async def claim_watch(hub: "Hub", text: str, place: str) -> tokens.WatchToken:
    """The right to watch, used up for this place. Raises `Unauthorized`, `Forbidden` or `Unavailable`."""
    token = tokens.read_watch(text)
    if not await hub.once.claim(f"{place}:{text}", tokens.WATCH_TOKEN_SECONDS):
        raise Unauthorized("used before")
    await in_database(check_rights, token)
    return token


def check_rights(token: tokens.WatchToken) -> UUID:
    """The recording's id. Raises `Forbidden` where the member is gone, inactive or may not see it."""
    member = Member.objects.filter(pk=token.member, is_active=True).first()
    if member is None or not Recording.objects.for_member(member).filter(pk=token.recording).exists():
        raise Forbidden("member")
    return token.recording


def _refuse_frame() -> None:
    raise MessageMalformed("a viewer sends no frames")
