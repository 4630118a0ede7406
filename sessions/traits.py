"""What a site tells about a visitor (`identify`): plain values, bounded in number and length. Pure."""

import math
from itertools import islice
from typing import Final, TypeGuard

import msgspec
from msgspec import Raw

from .text import clean

MOST: Final = 64
"""Traits of one visitor."""
NAME_CHARS: Final = 256
VALUE_CHARS: Final = 1_024
LARGEST: Final = 2**63

type Plain = str | int | float | bool | None
type Traits = dict[str, Plain]


def clean_traits(traits: dict[str, Raw]) -> Traits:
    """The plain values among the first MOST; what is nested, or a number that cannot be stored, is left out."""
    first = ((clean(name, NAME_CHARS), _decoded(value)) for name, value in islice(traits.items(), MOST))
    return {name: _bounded(value) for name, value in first if _is_plain(value)}


def merged(older: Traits, newer: Traits) -> Traits:
    """`newer` over `older`. Where that makes more than MOST, the oldest go."""
    kept = {name: value for name, value in older.items() if name not in newer}
    both = [*kept.items(), *newer.items()]
    return dict(both[-MOST:])


def _decoded(value: Raw) -> object:
    """`...` for what is no plain value. A list of lists is not looked into: it would cost thirty times its bytes."""
    if memoryview(value)[0] in b"[{":
        return ...
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return ...


def _is_plain(value: object) -> TypeGuard[Plain]:
    if isinstance(value, int):
        return -LARGEST <= value < LARGEST
    return value is None or isinstance(value, str) or (isinstance(value, float) and math.isfinite(value))


def _bounded(value: Plain) -> Plain:
    return clean(value, VALUE_CHARS) if isinstance(value, str) else value
