"""Counters and timings of the store, one for each hand-over. `/metrics` exposes REGISTRY."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()

FRAMES_RECEIVED: Final = Counter(
    "sightline_frames_received", "Frames handed to the log writer.", ["link"], registry=REGISTRY
)
FRAMES_COMMITTED: Final = Counter("sightline_frames_committed", "Frames committed to the hot log.", registry=REGISTRY)
FRAMES_DROPPED: Final = Counter("sightline_frames_dropped", "Frames that were not kept.", ["reason"], registry=REGISTRY)
FRAMES_SEALED: Final = Counter("sightline_frames_sealed", "Frames moved into segments.", registry=REGISTRY)
FRAMES_WAITING: Final = Gauge("sightline_frames_waiting", "Frames taken in and not yet committed.", registry=REGISTRY)
STREAMS_OPEN: Final = Gauge("sightline_streams_open", "Streams that a link of this process serves.", registry=REGISTRY)
COMMIT_SECONDS: Final = Histogram(
    "sightline_commit_seconds",
    "Time of one group commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
COMMIT_FAILURES: Final = Counter("sightline_commit_failures", "Group commits that failed.", registry=REGISTRY)
SEAL_SECONDS: Final = Histogram("sightline_seal_seconds", "Time of sealing one range.", registry=REGISTRY)
SEALED_BYTES: Final = Counter("sightline_sealed_bytes", "Bytes of sealed objects, compressed.", registry=REGISTRY)
