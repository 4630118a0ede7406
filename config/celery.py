"""Celery's application: `celery -A config worker`, `celery -A config beat`."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sightline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["sessions"])


@worker_ready.connect  # type: ignore[untyped-decorator]  # of Celery
def serve_metrics_of_children(**kwargs: object) -> None:
    """`deploy/worker` has its processes write their metrics to a folder; the first of them serves them all."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    from signaling.metrics_server import serve_metrics

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # of prometheus-client
    serve_metrics(registry)
