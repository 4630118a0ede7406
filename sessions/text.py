"""Makes what strangers wrote fit for the database: no NUL (PostgreSQL takes none), no surrogates, bounded. Pure."""

import math
from typing import Any, Final

TEXT_CHARS: Final = 2_048
TRAITS: Final = 64
"""Traits kept of one visitor."""
TRAIT_CHARS: Final = 1_024


def clean(text: str, limit: int = TEXT_CHARS) -> str:
    return text.replace("\0", "")[:limit].encode("utf-8", "replace").decode("utf-8")


def clean_traits(traits: dict[str, Any]) -> dict[str, str | int | float | bool | None]:
    """The plain values among them; what is nested is left out."""
    return {clean(name, 256): _plain(value) for name, value in list(traits.items())[:TRAITS] if _is_plain(value)}


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _plain(value: Any) -> Any:
    return clean(value, TRAIT_CHARS) if isinstance(value, str) else value
