"""Numbers out of samples: percentiles over all rounds, and how far the rounds lie apart."""

import math
from collections.abc import Sequence
from statistics import median

type Summary = dict[str, float]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, interpolated; NaN for none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def summary(rounds: Sequence[Sequence[float]]) -> Summary:
    """n, p50, p95 and p99 of all samples; `p50_low` and `p50_high`: the least and the largest p50 of a round."""
    samples = [value for values in rounds for value in values]
    middles = [median(values) for values in rounds if values]
    return {
        "n": len(samples),
        "p50": percentile(samples, 0.50),
        "p95": percentile(samples, 0.95),
        "p99": percentile(samples, 0.99),
        "p50_low": min(middles, default=math.nan),
        "p50_high": max(middles, default=math.nan),
    }
