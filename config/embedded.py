"""Everything in one process: the agent as a task on the web server's loop, Celery's worker and beat as threads.

The same agent, tasks and schedule as in production; only the wiring differs. Good for tens of visitors at a time,
since WebRTC in Python shares the interpreter with HTTP.
"""

import asyncio
import threading
from typing import Final

import structlog
from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController

from signaling.agent import run_agent

logger = structlog.get_logger(__name__)

WORKER_THREADS: Final = 2
AGENT_STOP_SECONDS: Final = 2.0
AGENT_RETRY_SECONDS: Final = 1.0


class Embedded:
    """`start` on the loop before it runs; `stop_agent`, then `stop_worker`, when it is to end."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._stop = asyncio.Event()
        self._agent: asyncio.Task[None] | None = None
        self._worker = WorkController(
            app=app,
            pool="threads",
            concurrency=WORKER_THREADS,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            loglevel="WARNING",
        )
        # The default scheduler would leave a file behind.
        self._beat = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
        self._thread = threading.Thread(target=self._worker.start, name="sightline-worker", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._agent = loop.create_task(self._keep_agent(), name="sightline-agent")
        self._thread.start()
        self._beat.start()

    async def stop_agent(self) -> None:
        """Lets the agent tell its peers to go; cancels it when that takes too long."""
        self._stop.set()
        if self._agent is None:
            return
        done, _ = await asyncio.wait({self._agent}, timeout=AGENT_STOP_SECONDS)
        if not done:
            self._agent.cancel()
            await asyncio.wait({self._agent}, timeout=AGENT_STOP_SECONDS)

    async def stop_worker(self) -> None:
        await asyncio.gather(asyncio.to_thread(self._beat.stop), asyncio.to_thread(self._worker.stop))

    async def _keep_agent(self) -> None:
        """A fault of the agent ends neither the process nor recording: the relay goes on while it starts again."""
        while not self._stop.is_set():
            try:
                await run_agent(self._stop)
            except Exception:
                logger.exception("agent.failed")
                await asyncio.sleep(AGENT_RETRY_SECONDS)
