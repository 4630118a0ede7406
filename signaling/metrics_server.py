"""Metrics of a process that serves no pages: an agent's, or a worker's, on METRICS_PORT. The web serves `/metrics`.

With METRICS_TOKEN it listens everywhere and wants the token, as `/metrics` does; without, on this machine only.
"""

import threading
from collections.abc import Callable, Iterable
from hmac import compare_digest
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry, make_wsgi_app

from sessions.metrics import REGISTRY

logger = structlog.get_logger(__name__)

type Environ = dict[str, Any]
type StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def serve_metrics(registry: CollectorRegistry = REGISTRY) -> WSGIServer | None:
    """From a thread that ends with the process. None where no port is set or another process has it."""
    port: int = settings.METRICS_PORT
    if not port:
        return None
    host = "0.0.0.0" if settings.METRICS_TOKEN else "127.0.0.1"  # noqa: S104  # the token guards it
    try:
        server = make_server(host, port, _guarded(registry), _Server, _QuietHandler)
    except OSError as error:
        logger.warning("metrics.not_served", port=port, error=str(error))
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    logger.info("metrics.served", port=port)
    return server


def _guarded(registry: CollectorRegistry) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    metrics: Callable[[Environ, StartResponse], Iterable[bytes]] = make_wsgi_app(registry)

    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if settings.METRICS_TOKEN:
            given = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
            if not compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
                start("403 Forbidden", [("Content-Type", "text/plain")])
                return [b"Metrics are for who has METRICS_TOKEN.\n"]
        return metrics(environ, start)

    return application


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    timeout = 10
    """Seconds that a connection may be silent."""

    def log_message(self, format: str, *args: Any) -> None:
        """Scrapes are not worth a line each."""
