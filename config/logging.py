"""Logs: short, stable event names with key-values (`frame.committed stream=... seq=...`); JSON where machines read.

The standard library's records (Django's, Celery's, daphne's) take the same way out.
"""

from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
]

QUIET = {
    "daphne": "WARNING",  # endpoints and per-request chatter; `serve` prints what it serves
    "django.channels.server": "WARNING",
    "aiortc": "WARNING",
    "aioice": "WARNING",
    "celery.beat": "WARNING",  # one line for each sweep
    "celery.app.trace": "WARNING",  # two lines for each task; the tasks log what they did
    "celery.worker.strategy": "WARNING",
    "celery.worker.consumer.connection": "WARNING",
    "kombu": "WARNING",
}


def configure(*, as_json: bool, level: str) -> dict[str, Any]:
    """Configure structlog; returns Django's LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED[:-1],
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(as_json)],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"level": least} for name, least in QUIET.items()}
        # Django's own handlers are replaced by the root's.
        | {name: {"handlers": [], "propagate": True, "level": "INFO"} for name in ("django", "django.server")},
    }


def _renderers(as_json: bool) -> list[Any]:
    if as_json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Plain: the richer tracebacks show local variables, which hold what visitors typed, and take seconds each.
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
