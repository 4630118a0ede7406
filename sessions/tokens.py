"""Signed tokens: what a collector may write, what a member may watch, what a browser keeps between pages.

All are `django.core.signing` values (HMAC-SHA256 under SECRET_KEY, a salt of their own each) with an age.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core import signing

from .wire.errors import Unauthorized

WRITE_TOKEN_SECONDS: Final = 24 * 3600
WATCH_TOKEN_SECONDS: Final = 60
HANDLE_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class WriteToken:
    """The right to write the frames of one stream."""

    project: UUID
    recording: UUID
    stream: UUID


@dataclass(frozen=True, slots=True)
class WatchToken:
    """The right of one member to join one recording's live tail."""

    member: int
    recording: UUID


@dataclass(frozen=True, slots=True)
class Handle:
    """Who a browser was at its last visit."""

    project: UUID
    visitor: UUID
    recording: UUID


def sign_write(token: WriteToken) -> str:
    return _sign("write", [token.project.hex, token.recording.hex, token.stream.hex])


def read_write(text: str) -> WriteToken:
    """Raises `Unauthorized`."""
    return WriteToken(*_uuids(_read("write", text, WRITE_TOKEN_SECONDS), 3))


def sign_watch(token: WatchToken) -> str:
    """Single-use, hence never the same twice."""
    return _sign("watch", [token.member, token.recording.hex, secrets.token_hex(8)])


def read_watch(text: str) -> WatchToken:
    """Raises `Unauthorized`."""
    member, *rest = _read("watch", text, WATCH_TOKEN_SECONDS)
    return WatchToken(int(member), *_uuids(rest[:1], 1))


def sign_handle(handle: Handle) -> str:
    return _sign("handle", [handle.project.hex, handle.visitor.hex, handle.recording.hex])


def read_handle(text: str) -> Handle:
    """Raises `Unauthorized`."""
    return Handle(*_uuids(_read("handle", text, HANDLE_SECONDS), 3))


def _sign(salt: str, value: list[Any]) -> str:
    return signing.dumps(value, salt=f"sightline.{salt}")


def _read(salt: str, text: str, max_age: int) -> list[Any]:
    try:
        value = signing.loads(text, salt=f"sightline.{salt}", max_age=max_age)
    except signing.BadSignature as error:
        raise Unauthorized(salt) from error
    if not isinstance(value, list) or not value:
        raise Unauthorized(salt)
    return value


def _uuids(values: list[Any], count: int) -> list[UUID]:
    if len(values) != count:
        raise Unauthorized("shape")
    return [UUID(hex=value) for value in values]
