"""Processes that take WebRTC connections."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class AgentNodeQuerySet(models.QuerySet["AgentNode"]):
    def ready(self) -> "AgentNodeQuerySet":
        """Those that told of themselves lately and have room."""
        fresh = timezone.now() - AgentNode.FRESH_FOR
        return self.filter(seen_at__gt=fresh, draining=False, connections__lt=models.F("capacity"))


class AgentNode(models.Model):
    """A running agent. The row is its heartbeat."""

    FRESH_FOR = timedelta(seconds=6)

    name = models.CharField(max_length=100, primary_key=True)
    """Unguessable; the agent listens on the channel `agent.<name>`."""
    capacity = models.PositiveIntegerField()
    connections = models.PositiveIntegerField(default=0)
    draining = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = AgentNodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        return f"agent.{self.name}"
