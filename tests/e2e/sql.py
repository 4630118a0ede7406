"""The stack's database, read past the product."""

import sqlite3
from typing import Any

import psycopg

from tests.support.stack import Stack


def rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query without parameters, on PostgreSQL or SQLite."""
    if url := stack.env.get("DATABASE_URL"):
        with psycopg.connect(url) as postgres:
            return postgres.execute(query.encode()).fetchall()
    sqlite = sqlite3.connect(f"file:{stack.folder}/var/sightline.sqlite3?mode=ro", uri=True, timeout=10)
    try:
        return sqlite.execute(query).fetchall()
    finally:
        sqlite.close()
