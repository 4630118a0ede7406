"""Runs an agent: one for each core, on as many machines as needed.

1. TERM or INT: the agent is marked as draining, its peers are told to go, and it waits up to 30 s for them.
2. What it took in is committed, its row is removed, the process ends. A second signal ends the wait.
"""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand

from sessions.log.writer import stop_writer
from signaling.agent import Agent
from signaling.database import close_threads
from signaling.hub import close_hub, get_hub
from signaling.metrics_server import serve_metrics


class Command(BaseCommand):
    help = "Run an agent, which ends WebRTC connections. Needs REDIS_URL, so that signaling finds it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            self.stderr.write(
                "Without REDIS_URL no other process can reach this agent; `manage.py serve` runs its own."
            )
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        serve_metrics()
        asyncio.run(_run(), loop_factory=uvloop.new_event_loop)
        stop_writer()
        close_threads()


async def _run() -> None:
    stop = asyncio.Event()
    heartbeat = settings.VAR_DIR / "agent.heartbeat"
    agent = asyncio.create_task(Agent(get_hub(), capacity=settings.AGENT_CAPACITY, heartbeat=heartbeat).run(stop))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: agent.cancel() if stop.is_set() else stop.set())
    try:
        await agent
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    finally:
        await close_hub()
