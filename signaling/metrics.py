"""What the network side counts, in the store's registry. Frames received are counted by the log writer."""

from typing import Final

from prometheus_client import Counter, Gauge

from sessions.metrics import REGISTRY

LINKS_OPEN: Final = Gauge("sightline_links_open", "Links open in this process.", ["kind"], registry=REGISTRY)
LINKS_CLOSED: Final = Counter("sightline_links_closed", "Links that were closed, and why.", ["code"], registry=REGISTRY)
FRAMES_FANNED_OUT: Final = Counter(
    "sightline_frames_fanned_out", "Frames handed to a watcher or to another process.", ["to"], registry=REGISTRY
)
PEERS_OPEN: Final = Gauge("sightline_peers_open", "Peer connections of this process's agent.", registry=REGISTRY)
