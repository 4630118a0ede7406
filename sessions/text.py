"""Makes what strangers wrote fit for the database: no NUL (PostgreSQL takes none), no surrogates, bounded. Pure."""

from typing import Final

TEXT_CHARS: Final = 2_048


def clean(text: str, limit: int = TEXT_CHARS) -> str:
    return text.replace("\0", "")[:limit].encode("utf-8", "replace").decode("utf-8")
