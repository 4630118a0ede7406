"""The composition root: settings from the environment, ASGI, URLs, Celery, the embedded mode."""

from .celery import app as celery_app

__all__ = ["celery_app"]
