"""What was recorded: visitors, their recordings, and the streams of each."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from .team import Member, Project


class Visitor(models.Model):
    """The person whose browser is recorded, known by what that browser keeps for us."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="visitors")
    external_id = models.CharField(max_length=256, blank=True, default="")
    """What the site calls the visitor (`identify`). Written by the page: hostile."""
    traits = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["project", "external_id"], name="visitor_external")]

    def __str__(self) -> str:
        return self.external_id or f"Visitor {str(self.id)[:8]}"


class RecordingQuerySet(models.QuerySet["Recording"]):
    def for_member(self, member: Member) -> "RecordingQuerySet":
        """The recordings of the projects that the member may see. Superusers see all."""
        if member.is_superuser:
            return self
        # Ids instead of a join: the planners then go by an index of recordings, in the order of the list.
        return self.filter(project__in=list(member.memberships.values_list("project", flat=True)))

    def live(self) -> "RecordingQuerySet":
        """Those with a visitor online now."""
        return self.filter(ended_at=None, seen_at__gt=timezone.now() - Recording.LIVE_FOR)


class Recording(models.Model):
    """One visit: all tabs and page loads of one visitor until 30 minutes idle."""

    LIVE_FOR = timedelta(seconds=15)
    """How long after the last sign of life of a link a visitor counts as online."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="recordings")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="recordings")
    policy = models.CharField(max_length=16, choices=Project.Policy)
    started_at = models.DateTimeField(default=timezone.now)
    """The first stream's beginning, on the server's clock; `t` of the player counts from here."""
    active_at = models.DateTimeField(default=timezone.now)
    """The last event that came; 30 minutes later the recording ends."""
    seen_at = models.DateTimeField(default=timezone.now)
    """The last sign of life of any link."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was finalised; nothing is written any more."""

    entry_url = models.TextField(blank=True, default="")
    title = models.TextField(blank=True, default="")
    referrer = models.TextField(blank=True, default="")
    user_agent = models.TextField(blank=True, default="")
    browser = models.CharField(max_length=64, blank=True, default="")
    os = models.CharField(max_length=64, blank=True, default="")
    device = models.CharField(max_length=16, blank=True, default="")
    """desktop, mobile, tablet or bot."""
    language = models.CharField(max_length=64, blank=True, default="")
    timezone = models.CharField(max_length=64, blank=True, default="")
    screen_width = models.PositiveIntegerField(default=0)
    screen_height = models.PositiveIntegerField(default=0)

    duration_ms = models.PositiveBigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    failed_requests = models.PositiveIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    stored_bytes = models.PositiveBigIntegerField(default=0)
    """Of its objects, compressed."""

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["project", "-started_at", "-id"], name="recording_list"),
            models.Index(fields=["-started_at", "-id"], name="recording_list_all"),
            models.Index(fields=["ended_at", "active_at"], name="recording_open"),
        ]

    def __str__(self) -> str:
        return f"Recording {self.id}"

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and self.seen_at > timezone.now() - self.LIVE_FOR

    @property
    def state(self) -> str:
        """`live` (visitor online), `open` (may still go on) or `ended`."""
        if self.ended_at is not None:
            return "ended"
        return "live" if self.is_live else "open"

    @property
    def takes_streams(self) -> bool:
        """Whether a new page load may join."""
        idle = timedelta(milliseconds=settings.RECORDING_IDLE_MS)
        return self.ended_at is None and self.active_at > timezone.now() - idle


class Stream(models.Model):
    """One page load in one tab: gapless frame numbers from 0."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="streams")
    tab = models.CharField(max_length=64)
    """What the browser calls the tab; streams of one tab follow each other."""
    url = models.TextField(blank=True, default="")
    title = models.TextField(blank=True, default="")
    collector = models.CharField(max_length=32)
    began_at = models.DateTimeField()
    """Where the stream's `at` counts from, on the server's clock."""
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When its last frame (FLAG_END) was committed, or it was given up."""
    sealed_to = models.BigIntegerField(default=-1)
    """All frames up to this seq are in segments or in gaps."""
    last_at = models.PositiveBigIntegerField(default=0)
    """`at` of the last committed event."""

    class Meta:
        ordering = ["began_at"]

    def __str__(self) -> str:
        return f"Stream {self.id}"

    @property
    def offset_ms(self) -> int:
        """Where the stream begins, in ms since the recording's start."""
        return round((self.began_at - self.recording.started_at) / timedelta(milliseconds=1))
