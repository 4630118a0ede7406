"""The writer's own database connection.

The shared pool answers a lost database with waits of its own, up to minutes long. The writer must notice at once and
go on at once when the database is back, so its thread has a connection outside the pool, with short bounds.
"""

from copy import deepcopy
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections

POSTGRESQL_BOUNDS: Final[dict[str, Any]] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5_000,
    "options": "-c statement_timeout=10000",
}
"""libpq's connection parameters: seconds, milliseconds, milliseconds."""


def use_own_connection() -> None:
    """From here on, this thread's default connection is one of its own. The thread closes it when it ends."""
    shared = connections[DEFAULT_DB_ALIAS]
    if shared.vendor != "postgresql":
        return
    settings = deepcopy(shared.settings_dict)
    options = settings["OPTIONS"]
    options.pop("pool", None)
    for name, value in POSTGRESQL_BOUNDS.items():
        options.setdefault(name, value)
    connections[DEFAULT_DB_ALIAS] = type(shared)(settings, DEFAULT_DB_ALIAS)
