"""One process's network side, whole: hub, log writer, agent and sockets, on the test's own loop and database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

import signaling.hub
from config.asgi import application
from sessions import tokens
from sessions.log.writer import LogWriter
from sessions.models import Frame, Member, Project
from sessions.services import project_create
from signaling.agent import Agent
from signaling.database import close_threads
from signaling.hub import Hub
from tests.eventually import eventually
from tests.support.collector import Collector, Kind
from tests.support.sockets import serve_sockets
from tests.support.viewer import Viewer

ORIGIN = "https://shop.example"


@dataclass
class Network:
    """Where it is served, and its parts."""

    url: str
    hub: Hub
    agent: Agent
    project: Project
    member: Member
    app_origin: str

    async def collector(self, kind: Kind | None = None, **options: Any) -> Collector:
        """One that has said hello; with a kind, connected."""
        collector = Collector(self.url, key=self.project.key, origin=ORIGIN, **options)
        await collector.hello()
        if kind:
            await collector.connect(kind)
        return collector

    def watch_token(self, collector: Collector) -> str:
        return tokens.sign_watch(tokens.WatchToken(self.member.pk, collector.recording))

    async def viewer(self, kind: Kind, collector: Collector) -> Viewer:
        """One that watches the collector's recording."""
        connect = Viewer.over_rtc if kind == "rtc" else Viewer.over_relay
        viewer = await connect(self.url, self.watch_token(collector), origin=self.app_origin)
        await viewer.watching()
        return viewer

    async def stored(self, collector: Collector) -> list[Frame]:
        """The hot frames of the collector's stream, in order."""
        found = Frame.objects.filter(stream=collector.stream).order_by("seq")
        return await sync_to_async(lambda: list(found))()


@pytest.fixture
async def network(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Network]:
    member = await sync_to_async(Member.objects.create_user)("alice@example.com", "a long password")
    project = await sync_to_async(project_create)(name="Shop", owner=member)
    project.allowed_origins = [ORIGIN]
    await project.asave()
    writer = LogWriter()
    writer.start()
    hub = Hub(writer=writer)
    monkeypatch.setattr(signaling.hub, "_hub", hub)
    agent = Agent(hub, capacity=10, drain_seconds=1)
    stop = asyncio.Event()
    running = asyncio.create_task(agent.run(stop))
    async with serve_sockets(application) as url:
        settings.APP_ORIGIN = url
        await eventually(_agent_ready)
        yield Network(url, hub, agent, project, member, url)
        stop.set()
        await running
        await hub.aclose()
    await asyncio.to_thread(writer.stop)
    close_threads()
    await sync_to_async(connections.close_all)()


async def _agent_ready() -> str | None:
    from signaling.database import in_database
    from signaling.nodes import agent_is_ready

    return None if await in_database(agent_is_ready) else "no agent"


@pytest.fixture
def in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's collector queues all that it has credit for, so a ping behind that may take long on a busy machine."""
    monkeypatch.setattr("sessions.wire.limits.LINK_DEAD_MS", 60_000)


@pytest.fixture(params=["rtc", "relay"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found
