"""Signaling: hello → welcome → offer → answer, candidates both ways (docs/protocol.md, "Signaling").

The socket carries a dozen messages in a visit, and no frames. Offers go to an agent over the channel layer; when that
or all agents are away, the peer is told so and stays on its other link.
"""

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import BaseChannelLayer
from channels.utils import await_many_dispatch
from django.conf import settings

from sessions.models import Project
from sessions.services import StreamOpened, project_for_key, stream_open
from sessions.wire import limits, signals
from sessions.wire.errors import (
    Forbidden,
    FrameVersion,
    MessageMalformed,
    OpenTimeout,
    RateLimited,
    Unavailable,
    WireError,
)

from .database import in_database
from .hub import get_hub
from .ice import ice_servers
from .layer import AGENTS_GROUP, LAYER_ERRORS, layer
from .limits import Buckets, peer_address
from .link.watch import claim_watch
from .nodes import agent_channel, agent_is_ready
from .relay import header

logger = structlog.get_logger(__name__)

ANSWER_SECONDS: Final = 5.0
"""An agent that has not answered an offer by then is not there."""
RESTART_SPREAD_SECONDS: Final = 1.0
"""A new agent gets its offers over this time, not all at once."""
MESSAGES_PER_MINUTE: Final = 300


class SignalConsumer(AsyncWebsocketConsumer):
    """One peer's signaling socket."""

    channel_name: str
    channel_layer: BaseChannelLayer | None  # type: ignore[assignment]  # signaling goes on without it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._role = ""
        self._recording = ""
        self._messages = Buckets(MESSAGES_PER_MINUTE)
        self._agents: dict[str, str] = {}
        """Connection → the agent's channel."""
        self._candidates: dict[str, int] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As in Channels, but signaling works without the channel layer too: then there is no agent to be reached."""
        self.scope = scope
        self.base_send = send
        sources = [receive]
        try:
            self.channel_layer = layer()
            self.channel_name = await self.channel_layer.new_channel()
            sources.append(functools.partial(self.channel_layer.receive, self.channel_name))
        except LAYER_ERRORS as error:
            logger.warning("signaling.no_layer", error=str(error))
            self.channel_layer = None
        try:
            await await_many_dispatch(sources, self.dispatch)
        except StopConsumer:
            pass
        finally:
            self._finish()

    async def dispatch(self, message: Any) -> None:
        """Channels looks after database connections here, in a thread that all sockets share; there are none here."""
        handler = getattr(self, message["type"].replace(".", "_"))
        await handler(message)

    # The socket

    async def connect(self) -> None:
        await self.accept()
        self._later("open", limits.OPEN_TIMEOUT_MS / 1000, lambda: self._refuse(OpenTimeout()))
        try:
            get_hub().admit(self._address)
            if self.channel_layer is not None:
                await self.channel_layer.group_add(AGENTS_GROUP, self.channel_name)
        except WireError as error:
            await self._refuse(error)
        except LAYER_ERRORS as error:
            logger.warning("signaling.no_layer", error=str(error))
            self.channel_layer = None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._over:
            return
        try:
            if text_data is None:
                raise MessageMalformed("signaling is text")
            if not self._messages.take(None):
                raise RateLimited("signaling messages")
            await self._take(signals.decode(text_data))
        except WireError as error:
            await self._refuse(error)
        except Exception:
            logger.exception("signaling.failed")
            await self._refuse(Unavailable())

    async def disconnect(self, code: int) -> None:
        """Peer connections go on without signaling; the agent notices by itself when they end."""
        self._finish()
        if self.channel_layer is not None:
            try:
                await self.channel_layer.group_discard(AGENTS_GROUP, self.channel_name)
            except LAYER_ERRORS as error:
                logger.warning("signaling.no_layer", error=str(error))

    async def _take(self, message: signals.FromPeer) -> None:
        match message:
            case signals.Hello() if not self._role:
                await self._hello(message)
            case signals.WatchHello() if not self._role:
                await self._watch(message)
            case signals.Offer() if self._role:
                await self._offer(message)
            case signals.Candidate() if self._role:
                await self._candidate(message)
            case signals.Bye() if self._role:
                await self._bye(message)
            case _:
                raise MessageMalformed("out of turn")

    # Who is there

    async def _hello(self, hello: signals.Hello) -> None:
        project = await self._project(hello.key)
        try:
            version = wire_version(hello.versions)
            if not hello.token:
                get_hub().limits.start(project.pk, self._address)
            opened = await in_database(stream_open, project=project, hello=hello)
        except WireError as error:
            get_hub().refusals.note(project.pk, error)
            raise
        self._enter("collector", opened.recording.pk.hex)
        await self._send(self._welcome(project, opened, version, rtc=await self._has_agent()))

    async def _project(self, key: str) -> Project:
        """The key's project. An origin that is missing in its settings is what its owner has to know first."""
        try:
            return await in_database(project_for_key, key=key, origin=self._origin)
        except Forbidden as error:
            get_hub().refusals.note(key, error)
            raise

    def _welcome(self, project: Project, opened: StreamOpened, version: int, *, rtc: bool) -> signals.Welcome:
        recording = opened.recording
        return signals.Welcome(
            recording=str(recording.pk),
            stream=str(opened.stream.pk),
            token=opened.token,
            handle=opened.handle,
            url=f"{settings.APP_ORIGIN}/sessions/{recording.pk}",
            ice_servers=ice_servers(recording.pk),
            rtc=rtc,
            policy=recording.policy,  # type: ignore[arg-type]  # the model's choices are the wire's
            version=version,
        )

    async def _watch(self, message: signals.WatchHello) -> None:
        if self._origin != settings.APP_ORIGIN:
            raise Forbidden("origin")
        token = await claim_watch(get_hub(), message.token, "signal")
        self._enter("viewer", token.recording.hex)
        servers = ice_servers(token.recording)
        await self._send(signals.WatchWelcome(ice_servers=servers, rtc=await self._has_agent()))

    def _enter(self, role: str, recording: str) -> None:
        self._role, self._recording = role, recording
        self._cancel("open")

    async def _has_agent(self) -> bool:
        return self.channel_layer is not None and await in_database(agent_is_ready)

    # Peer connections

    async def _offer(self, offer: signals.Offer) -> None:
        name = offer.connection
        try:
            get_hub().admit(self._address)
            channel = await in_database(agent_channel, self._recording) if self.channel_layer else None
            if channel is None:
                raise Unavailable("no agent")
            self._agents = {name: channel}
            self._candidates = {name: 0}
            await self._to_agent(channel, {"type": "offer", "role": self._role, "connection": name, "sdp": offer.sdp})
            self._later("answer", ANSWER_SECONDS, lambda: self._refuse(Unavailable("no answer"), name))
        except (Unavailable, RateLimited) as error:
            await self._refuse(error, name)

    async def _candidate(self, candidate: signals.Candidate) -> None:
        channel = self._agents.get(candidate.connection)
        if channel is None:
            return  # of a connection that a newer one replaced
        self._candidates[candidate.connection] += 1
        if self._candidates[candidate.connection] > limits.MAX_CANDIDATES + 1:
            raise RateLimited("candidates")
        await self._forward(channel, candidate)

    async def _bye(self, bye: signals.Bye) -> None:
        if channel := self._agents.pop(bye.connection, None):
            await self._forward(channel, bye)

    async def _forward(self, channel: str, message: signals.Signal) -> None:
        plain = signals.to_builtins(message)
        try:
            await self._to_agent(channel, {**plain, "type": plain["t"]})
        except Unavailable as error:
            await self._refuse(error, plain["connection"])

    async def _to_agent(self, channel: str, message: dict[str, Any]) -> None:
        assert self.channel_layer is not None
        try:
            await self.channel_layer.send(channel, {**message, "reply": self.channel_name, "address": self._address})
        except Exception as error:  # a full in-memory channel, or Redis away: the layers share no error
            logger.warning("signaling.agent_unreachable", error=repr(error))
            raise Unavailable("agent") from error

    # From agents, over the channel layer

    async def agent_answer(self, message: dict[str, Any]) -> None:
        if message["connection"] in self._agents:
            self._cancel("answer")
            await self._send(signals.Answer(sdp=message["sdp"], connection=message["connection"]))

    async def agent_candidate(self, message: dict[str, Any]) -> None:
        if message["connection"] in self._agents:
            await self._send(
                signals.Candidate(connection=message["connection"], candidate=message["candidate"], mid=message["mid"])
            )

    async def agent_refused(self, message: dict[str, Any]) -> None:
        if message["connection"] in self._agents:
            self._cancel("answer")
            del self._agents[message["connection"]]
            await self._send(signals.Refused(message["code"], message["message"], message["connection"]))

    async def agent_bye(self, message: dict[str, Any]) -> None:
        if self._agents.pop(message["connection"], None):
            await self._send(signals.Bye(connection=message["connection"]))

    async def agent_ready(self, message: dict[str, Any]) -> None:
        if self._role:
            spread = random.uniform(0, RESTART_SPREAD_SECONDS)  # noqa: S311  # spreads load, keeps no secret
            self._later("restart", spread, lambda: self._send(signals.Restart()))

    # Helpers

    @property
    def _origin(self) -> str:
        return header(dict(self.scope), b"origin")

    @property
    def _address(self) -> str:
        return peer_address(dict(self.scope))

    async def _send(self, message: signals.Signal) -> None:
        if not self._over:
            await self.send(text_data=signals.encode(message))

    async def _refuse(self, error: WireError, connection: str = "") -> None:
        """Say why; without a connection the socket closes behind it."""
        await self._send(signals.Refused(code=error.code, message=str(error), connection=connection))
        if connection:
            self._agents.pop(connection, None)
            return
        logger.info("signaling.refused", code=error.code, detail=error.detail)
        if not self._over:
            self._finish()
            await self.close(code=error.close)

    def _later(self, name: str, seconds: float, call: Callable[[], Awaitable[None]]) -> None:
        self._cancel(name)
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, lambda: self._spawn(call))

    def _spawn(self, call: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await call()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cancel(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()

    def _finish(self) -> None:
        self._over = True
        for name in tuple(self._timers):
            self._cancel(name)


def wire_version(versions: tuple[int, int]) -> int:
    """The newest version that both ends know. Raises `FrameVersion`."""
    oldest, newest = versions
    version = min(newest, limits.WIRE_VERSION)
    if version < max(oldest, limits.WIRE_VERSION_OLDEST):
        raise FrameVersion(f"{oldest}..{newest}")
    return version
