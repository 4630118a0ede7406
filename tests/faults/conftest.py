"""One production stack for all faults: small seals, so that there is always something to seal when a worker dies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.journal import Journal
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    env = {"SEAL_AFTER_MS": "300", "SEAL_BYTES": "16384"}
    with Stack.production(tmp_path_factory.mktemp("faults"), env) as running:
        yield running


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal") as written:
        yield written
