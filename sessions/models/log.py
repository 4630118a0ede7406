"""The log: hot frames, sealed segments, and what was found in them."""

import uuid

from django.db import models
from django.utils import timezone

from .recording import Recording, Stream


class Link(models.IntegerChoices):
    """What carried a frame."""

    RTC = 1, "rtc"
    RELAY = 2, "relay"
    BEACON = 3, "beacon"


class Frame(models.Model):
    """One frame of the hot log, until it is sealed. Inserts ignore conflicts: a repeat changes nothing."""

    pk = models.CompositePrimaryKey("stream_id", "seq")
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="frames", db_index=False)
    seq = models.BigIntegerField()
    link = models.PositiveSmallIntegerField(choices=Link)
    flags = models.PositiveSmallIntegerField()
    first_at = models.PositiveBigIntegerField()
    last_at = models.PositiveBigIntegerField()
    body = models.BinaryField()
    """The frame as it came, header included."""
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="frame_received")]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.seq}"


class Sealing(models.Model):
    """A range of a stream that is being sealed: fixed first, so that every attempt seals the same frames."""

    stream = models.OneToOneField(Stream, on_delete=models.CASCADE, related_name="sealing")
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    attempt = models.PositiveIntegerField(default=0)
    """Part of the object's key, so that two attempts never write the same object."""
    claimed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.first_seq}-{self.last_seq}"


class Segment(models.Model):
    """A sealed run of frames of one stream in the object store, immutable."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="segments")
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="segments")
    n = models.PositiveIntegerField()
    """Unique in the recording, from 0."""
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    first_at = models.PositiveBigIntegerField()
    last_at = models.PositiveBigIntegerField()
    """Milliseconds since the stream began."""
    snapshot_at = models.PositiveBigIntegerField(null=True)
    """`at` of the first full snapshot in it, where replay can start."""
    events = models.PositiveIntegerField()
    frames_rtc = models.PositiveIntegerField(default=0)
    frames_relay = models.PositiveIntegerField(default=0)
    frames_beacon = models.PositiveIntegerField(default=0)
    object_key = models.CharField(max_length=255, unique=True)
    size = models.PositiveIntegerField()
    """Bytes of the object, zstd."""
    raw_size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the object."""
    sealed_by = models.CharField(max_length=128)
    """Host and pid of the process that sealed it."""
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "n"], name="segment_n"),
            models.UniqueConstraint(fields=["stream", "first_seq"], name="segment_range"),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.n}"


class Gap(models.Model):
    """Frames that are not to be had any more; shown in the player, never played over silently."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="gaps")
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    at = models.PositiveBigIntegerField()
    """Milliseconds since the stream began, where the next good frame begins."""
    cause = models.CharField(max_length=32)
    """`lost` (never came) or `corrupt` (came, cannot be read)."""

    class Meta:
        ordering = ["first_seq"]
        constraints = [models.UniqueConstraint(fields=["stream", "first_seq"], name="gap_range")]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.first_seq}-{self.last_seq} {self.cause}"


class Marker(models.Model):
    """An event worth finding."""

    MOST = 10_000
    """Of one recording: what a viewer loads at once. Counts go on."""

    class Kind(models.TextChoices):
        PAGE = "page", "Page"
        CLICK = "click", "Click"
        ERROR = "error", "Error"
        FAILED_REQUEST = "failed_request", "Failed request"
        CUSTOM = "custom", "Custom event"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="markers")
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="markers")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="markers")
    at = models.PositiveBigIntegerField()
    """Milliseconds since the stream began."""
    kind = models.CharField(max_length=16, choices=Kind)
    label = models.TextField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["recording", "kind"], name="marker_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label[:40]}"
