"""The object store: what is put is there, once; on a local folder and on S3."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from sessions.objects import (
    LocalObjectStore,
    ObjectError,
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    S3ObjectStore,
    object_store,
)
from tests.support.servers import BUCKET, Service


def s3_store(url: str) -> S3ObjectStore:
    return S3ObjectStore(bucket=BUCKET, endpoint=url, region="us-east-1", access_key="key", secret_key="secret")


@pytest.fixture(params=["local", pytest.param("s3", marks=pytest.mark.services)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "local":
        yield LocalObjectStore(tmp_path / "objects")
        return
    service: Service = request.getfixturevalue("s3")
    found = s3_store(service.url)
    found.delete([one.key for one in found.list()])
    yield found


def test_put_get_list_delete(store: ObjectStore) -> None:
    store.put_new("a/b/1.sl", b"one")
    store.put_new("a/c/2.sl", b"two" * 100_000)
    assert store.get("a/b/1.sl") == b"one"
    assert len(store.get("a/c/2.sl")) == 300_000
    assert {(found.key, found.size) for found in store.list()} == {("a/b/1.sl", 3), ("a/c/2.sl", 300_000)}
    assert [found.key for found in store.list("a/b")] == ["a/b/1.sl"]
    store.delete(["a/b/1.sl", "never/there.sl", "a/c/2.sl"])
    assert not list(store.list())


def test_an_object_is_never_overwritten(store: ObjectStore) -> None:
    store.put_new("a/1.sl", b"one")
    with pytest.raises(ObjectExists):
        store.put_new("a/1.sl", b"two")
    assert store.get("a/1.sl") == b"one"


def test_a_missing_one_is_told(store: ObjectStore) -> None:
    with pytest.raises(ObjectMissing):
        store.get("a/1.sl")
    assert list(store.list("a")) == []


def test_local_objects_are_on_the_disk_before_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr("os.fsync", lambda fd: synced.append(str(Path(f"/proc/self/fd/{fd}").readlink())))
    LocalObjectStore(tmp_path).put_new("p/r/1.sl", b"x")
    assert synced == [str(tmp_path / part) for part in ("p/r/1.sl", "p/r", "p", "")]


def test_a_store_that_is_away_is_an_error() -> None:
    with pytest.raises(ObjectError):
        s3_store("http://127.0.0.1:9").get("a")


def test_the_settings_choose(settings: Settings, tmp_path: Path) -> None:
    settings.OBJECTS_DIR, settings.S3_BUCKET = tmp_path, ""
    object_store.cache_clear()
    assert isinstance(object_store(), LocalObjectStore)
    settings.S3_BUCKET, settings.S3_ENDPOINT = "bucket", "http://127.0.0.1:9"
    object_store.cache_clear()
    assert isinstance(object_store(), S3ObjectStore)
    object_store.cache_clear()
