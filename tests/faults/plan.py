"""From a seed to one kill: which process, when, how deep in the traffic, and for how long it is gone. Pure."""

import random
from dataclasses import dataclass
from typing import Final, Literal

type Target = Literal["agent", "web", "worker"]
TARGETS: Final[tuple[Target, ...]] = ("agent", "web", "worker")


@dataclass(frozen=True, slots=True)
class Kill:
    seed: int
    target: Target
    wait: float
    """Seconds of calm before it."""
    burst: int
    """Batches that are told at once just before it, beside the steady stream; 0: none."""
    depth: float
    """Seconds between the burst and the kill: somewhere on the way from the link to the commit, or behind it."""
    down: float
    """Seconds until the process is started again."""


def kill(seed: int) -> Kill:
    """The same seed always means the same kill; seeds in a row take turns at the targets."""
    chance = random.Random(seed)
    return Kill(
        seed=seed,
        target=TARGETS[(seed + 1) % len(TARGETS)],
        wait=chance.uniform(0.0, 0.5),
        burst=chance.choice((0, 4, 8, 16)),
        depth=chance.uniform(0.0, 0.04),
        down=chance.uniform(0.0, 1.0),
    )
