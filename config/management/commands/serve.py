"""Serves everything in one process, or, beside the other processes of production, the web alone.

1. The environment decides: without REDIS_URL the agent, the worker and beat run in this process (`--all` says so too).
2. In one process the database is migrated first; in production the `migrate` service does that.
3. TERM or INT ends it: peers are told to go, connections close, what was taken in is committed, the worker stops.
"""

import asyncio
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import server
from config.asgi import application
from config.celery import app as celery_app
from config.demo import Demo, seed, with_shop
from config.embedded import Embedded
from sessions.log.writer import stop_writer
from signaling.database import close_threads
from signaling.hub import close_hub, get_hub

DRAIN_SECONDS: Final = 5.0
"""How long links have to move to another process."""
EMBEDDED_DRAIN_SECONDS: Final = 1.0
"""The same where there is no other: time to hear of it."""
WRITER_STOP_SECONDS: Final = 2.0
"""How long frames that were taken in may wait for a database that is away; their collectors still have them."""


class Command(BaseCommand):
    help = "Serve Sightline; without REDIS_URL everything in this one process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=server.LOOPBACK, help="address to bind; this machine only by default")
        parser.add_argument("--all", action="store_true", help="run agent, worker and beat here, even with REDIS_URL")
        parser.add_argument("--demo", action="store_true", help="a project `demo`, and a shop to record on PORT + 1")

    def handle(self, *args: Any, host: str, demo: bool, **options: Any) -> None:
        check_front_end(settings.BASE_DIR / "static" / "dist")
        ports = [settings.PORT, settings.PORT + 1] if demo else [settings.PORT]
        hosts = server.addresses(host)
        if busy := server.busy(hosts, ports):
            raise CommandError(f"Port {busy} is in use. Choose another: PORT={settings.PORT + 100}")
        here = options["all"] or not settings.REDIS_URL
        if here:
            call_command("migrate", interactive=False, verbosity=0)
        self._serve(
            endpoints=server.endpoints(hosts, ports),
            embedded=Embedded(celery_app) if here else None,
            demo=seed(f"http://localhost:{settings.PORT + 1}") if demo else None,
        )

    def _serve(self, *, endpoints: list[str], embedded: Embedded | None, demo: Demo | None) -> None:
        def ready() -> None:
            if embedded:
                embedded.start(asyncio.get_event_loop())
            self._tell(demo)

        async def closing() -> None:
            if embedded:
                await asyncio.gather(get_hub().drain(EMBEDDED_DRAIN_SECONDS), embedded.stop_agent())
            else:
                await get_hub().drain(DRAIN_SECONDS)
            await close_hub()

        async def closed() -> None:
            await asyncio.to_thread(stop_writer, WRITER_STOP_SECONDS)
            await asyncio.to_thread(close_threads)
            if embedded:
                await embedded.stop_worker()

        daphne = server.Server(
            with_shop(application, port=settings.PORT + 1) if demo else application,
            endpoints=endpoints,
            ready=ready,
            closing=closing,
            closed=closed,
        )
        daphne.run()
        if not daphne.listening_addresses:
            raise CommandError("None of the addresses could be bound; the log says why.")

    def _tell(self, demo: Demo | None) -> None:
        say = self.stdout.write
        say(f"Sightline  {settings.APP_ORIGIN}")
        if demo:
            say(f"Demo shop  {demo.demo_site}")
            say(f"Login      {demo.email}  {demo.password}")
            say(f"API token  {demo.api_token}")
        say("Ctrl+C ends it.")
        self.stdout.flush()


def check_front_end(dist: Path) -> None:
    """Without the built files nothing could be recorded or watched; better said now than by an empty page."""
    if not (dist / "collect.js").exists():
        raise CommandError(f"{dist} holds no built front end: run `make build`.")
