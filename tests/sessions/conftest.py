"""Fixtures of the store's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from sessions.objects import ObjectStore, object_store


@pytest.fixture
def objects(settings: Settings, tmp_path: Path) -> Iterator[ObjectStore]:
    """An empty object store in a folder of its own, the one that the code under test uses."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    settings.S3_BUCKET = ""
    object_store.cache_clear()
    yield object_store()
    object_store.cache_clear()
