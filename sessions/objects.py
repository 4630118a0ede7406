"""The object store: a local folder or S3, one interface. Objects are immutable: put once, read, deleted.

Chosen once for the process by the settings (`S3_BUCKET` or `OBJECTS_DIR`). A local object is on the disk, file and
folders, before `put_new` returns. All calls block: never from an event loop.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import obstore
from django.conf import settings
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_DELETE_AT_ONCE: Final = 1_000
"""Keys in one S3 DeleteObjects request."""


class ObjectError(Exception):
    """The object store did not do what it was asked; the message says what."""


class ObjectExists(ObjectError):
    """The key is taken. Objects are never overwritten."""


class ObjectMissing(ObjectError):
    """There is no object with this key."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One entry of a listing."""

    key: str
    size: int
    modified_at: datetime


class ObjectStore(Protocol):
    """Keys are paths with `/`, without a leading one. All raise `ObjectError` when the store cannot be reached."""

    def put_new(self, key: str, data: bytes) -> None:
        """Raises `ObjectExists`. When it returns, the object survives a loss of power."""

    def get(self, key: str) -> bytes:
        """Raises `ObjectMissing`."""

    def delete(self, keys: Iterable[str]) -> None:
        """Missing ones are no error."""

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects below the folder `prefix`."""


class _Store:
    """What both sides share."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    def put_new(self, key: str, data: bytes) -> None:
        try:
            obstore.put(self._store, key, data, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            raise ObjectExists(key) from error
        except BaseError as error:
            raise ObjectError(f"put {key}: {error}") from error

    def get(self, key: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise ObjectMissing(key) from error
        except BaseError as error:
            raise ObjectError(f"get {key}: {error}") from error

    def delete(self, keys: Iterable[str]) -> None:
        for chunk in batched(keys, _DELETE_AT_ONCE, strict=False):
            self._delete(list(chunk))

    def _delete(self, keys: list[str]) -> None:
        try:
            obstore.delete(self._store, keys)
        except (NotFoundError, FileNotFoundError):
            self._delete_each(keys)
        except BaseError as error:
            raise ObjectError(f"delete {len(keys)} objects: {error}") from error

    def _delete_each(self, keys: list[str]) -> None:
        """One was missing, and the store stopped there."""
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except (NotFoundError, FileNotFoundError):
                continue
            except BaseError as error:
                raise ObjectError(f"delete {key}: {error}") from error

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        try:
            for page in obstore.list(self._store, prefix=prefix or None):
                yield from (StoredObject(meta["path"], meta["size"], meta["last_modified"]) for meta in page)
        except BaseError as error:
            raise ObjectError(f"list {prefix}: {error}") from error


class LocalObjectStore(_Store):
    """A folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        super().__init__(LocalStore(folder, automatic_cleanup=True))

    def put_new(self, key: str, data: bytes) -> None:
        super().put_new(key, data)
        path = self._folder / key
        _sync(path)
        for parent in path.relative_to(self._folder).parents:
            _sync(self._folder / parent)


class S3ObjectStore(_Store):
    """A bucket of anything that speaks S3 and takes `If-None-Match: *` on a put."""

    def __init__(self, *, bucket: str, endpoint: str, region: str, access_key: str, secret_key: str) -> None:
        config: S3Config = {"bucket": bucket, "region": region}
        if endpoint:
            config["endpoint"] = endpoint
        if access_key:
            config |= {"access_key_id": access_key, "secret_access_key": secret_key}
        options: ClientConfig = {"allow_http": endpoint.startswith("http:"), "timeout": "30s", "connect_timeout": "5s"}
        retry: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
        super().__init__(S3Store(config=config, client_options=options, retry_config=retry))


@cache
def object_store() -> ObjectStore:
    """The store that the settings name. Tests that change the settings call `object_store.cache_clear()`."""
    if not settings.S3_BUCKET:
        return LocalObjectStore(Path(settings.OBJECTS_DIR))
    return S3ObjectStore(
        bucket=settings.S3_BUCKET,
        endpoint=settings.S3_ENDPOINT,
        region=settings.S3_REGION,
        access_key=settings.S3_ACCESS_KEY,
        secret_key=settings.S3_SECRET_KEY,
    )


def _sync(path: Path) -> None:
    """fsync of a file or folder (POSIX: a new name is durable only when its folder is)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
