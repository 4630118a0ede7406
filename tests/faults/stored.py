"""What is stored of a stream, read past the product's own readers: rows from PostgreSQL, objects from S3."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import obstore
import psycopg
from backports import zstd
from obstore.store import S3Store

from sessions.wire import batch, frame
from tests.support.servers import BUCKET
from tests.support.stack import Stack


@dataclass(frozen=True, slots=True)
class StoredBatch:
    first_seq: int
    frames: int
    sha: str
    """SHA-256 of the raw batch, hex."""


@dataclass(frozen=True, slots=True)
class StoredStream:
    batches: list[StoredBatch]
    """Sealed ones first, as the segments hold them, then the hot ones; nothing is left out or put in order."""
    segments: int
    gaps: int


def stored_stream(stack: Stack, stream: str) -> StoredStream:
    """One moment's view: rows of one snapshot; objects never change."""
    with psycopg.connect(stack.env["DATABASE_URL"]) as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        keys = _column(
            database, "SELECT object_key FROM recordings_segment WHERE stream_id = %s ORDER BY first_seq", stream
        )
        hot = _column(database, "SELECT body FROM recordings_frame WHERE stream_id = %s ORDER BY seq", stream)
        gaps = _column(database, "SELECT id FROM recordings_gap WHERE stream_id = %s", stream)
    found = [one for key in keys for one in _batches(frame.decode_all(_object(stack, str(key))))]
    found += _batches(frame.decode(bytes(body)) for body in hot)
    return StoredStream(found, len(keys), len(gaps))


def objects(stack: Stack, prefix: str = "") -> set[str]:
    """The keys of all objects."""
    return {str(meta["path"]) for page in obstore.list(_store(stack), prefix=prefix or None) for meta in page}


def query(stack: Stack, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.env["DATABASE_URL"]) as database:
        cursor = database.execute(sql.encode(), values)
        return cursor.fetchall() if cursor.description else []


def _column(database: "psycopg.Connection[tuple[Any, ...]]", sql: str, stream: str) -> list[Any]:
    return [row[0] for row in database.execute(sql.encode(), (stream,))]


def _batches(frames: Iterable[frame.Frame]) -> list[StoredBatch]:
    return [
        StoredBatch(found.frames[0].seq, len(found.frames), hashlib.sha256(found.raw()).hexdigest())
        for found in batch.batches(frames)
    ]


def _object(stack: Stack, key: str) -> bytes:
    return zstd.decompress(bytes(obstore.get(_store(stack), key).bytes()))


def _store(stack: Stack) -> S3Store:
    env = stack.env
    return S3Store(
        config={
            "bucket": BUCKET,
            "region": "us-east-1",
            "endpoint": env["S3_ENDPOINT"],
            "access_key_id": env["S3_ACCESS_KEY"],
            "secret_access_key": env["S3_SECRET_KEY"],
        },
        client_options={"allow_http": True},
    )
