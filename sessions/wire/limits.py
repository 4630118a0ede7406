"""Bounds that both ends of the wire keep. `manage.py wire` writes them into TypeScript too."""

from typing import Final

WIRE_VERSION: Final = 1
"""The version this build writes."""
WIRE_VERSION_OLDEST: Final = 1
"""The oldest version the server still reads."""

MAX_FRAME_BYTES: Final = 65_536
"""A frame on the wire, header included; below what one DataChannel message may carry everywhere."""
GOOD_FRAME_BYTES: Final = 16_384
"""Where a collector cuts a batch: measured as the quickest message size over aiortc."""
MAX_BATCH_RAW_BYTES: Final = 33_554_432
"""One batch, inflated (32 MiB): the snapshot of a 30,000-row table fits, a decompression bomb does not."""
MAX_BATCH_FRAMES: Final = 1_024
"""Frames that one batch may span."""
MAX_EVENTS_PER_FRAME: Final = 65_535
MAX_AT_MS: Final = 4_294_967_295
"""49 days."""
MAX_SEQ: Final = 4_294_967_295

MAX_CONTROL_BYTES: Final = 16_384
"""A control message, as UTF-8."""
MAX_SIGNAL_BYTES: Final = 131_072
"""A signaling message: an SDP of at most 64 KiB, escaped, fits."""
MAX_SDP_BYTES: Final = 65_536
MAX_CANDIDATE_BYTES: Final = 1_024
MAX_CANDIDATES: Final = 32
"""Remote candidates that one connection may send."""
MAX_BEACON_BYTES: Final = 65_536
"""Browsers cap keepalive bodies at 64 KiB."""

PING_INTERVAL_MS: Final = 1_000
"""While something is unacked, the collector pings this often."""
PING_INTERVAL_IDLE_MS: Final = 5_000
"""While nothing is unacked."""
LINK_DEAD_MS: Final = 3_000
"""No answer to a ping for this long: the link is dead."""
FLUSH_IDLE_MS: Final = 500
"""Cadence while nobody watches. While somebody does, frames leave every animation frame."""
ACK_REPEAT_MS: Final = 100
"""The server repeats an ack once after this long, since aiortc resends a lost last packet only after 1 s."""
OPEN_TIMEOUT_MS: Final = 5_000
"""A link that has not said `resume` by then is closed."""
INITIAL_CREDIT_BYTES: Final = 2_097_152
"""Bytes of frames a collector may have sent, not yet committed, on one link."""

WATCH_TOOK_BYTES: Final = 262_144
"""A viewer says `took` at least this often."""
WATCH_WINDOW_BYTES: Final = 4_194_304
"""What may wait for a viewer before its watch link is closed."""
