"""Which database, from one URL; and the secret that a first start makes for itself."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.env import SettingError


def from_url(url: str, var_dir: Path) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`, or for SQLite when empty."""
    if not url:
        return _sqlite(var_dir / "sightline.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise SettingError(f"DATABASE_URL must begin with postgresql://; it begins with {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        # The pool looks at a connection before it gives it out: after a restart of the server all of them are dead.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 20, "timeout": 10, "reconnect_timeout": 10},
            **dict(parse_qsl(parts.query)),
        },
    }


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        # A file also in tests: in memory each thread would have a database of its own.
        "TEST": {"NAME": path.with_name("test.sqlite3")},
    }


def local_secret(var_dir: Path) -> str:
    """The key of an installation that sets none: made at the first start, kept in `var/secret_key`."""
    path = var_dir / "secret_key"
    if not path.exists() or not path.stat().st_size:
        var_dir.mkdir(parents=True, exist_ok=True)
        _write_whole(path, secrets.token_urlsafe(48))
    return path.read_text()


def _write_whole(path: Path, text: str) -> None:
    """Aside and then renamed, for its owner only: whoever is killed on the way leaves no half of it."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.", delete_on_close=False) as aside:
        aside.write(text)
        aside.flush()
        os.fsync(aside.fileno())
        os.replace(aside.name, path)
