"""The written documentation, the OpenAPI description and the code say the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from replay.api import api
from replay.api.docs import type_name
from replay.api.filters import ListQuery

from .conftest import Team


@pytest.fixture(scope="module")
def written() -> str:
    return Path(settings.BASE_DIR, "docs", "api.md").read_text()


def _operations() -> set[str]:
    paths: dict[str, Any] = api.get_openapi_schema()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def _short(operation: str) -> str:
    return operation.replace("/api/v1/", "").replace("{recording_id}", "{id}")


def test_every_operation_is_written_down_and_nothing_else(written: str) -> None:
    found = set(re.findall(r"^### `((?:GET|POST|DELETE|PUT|PATCH) [^`]+)`", written, re.MULTILINE))
    assert found == {_short(operation) for operation in _operations()}


def test_every_filter_is_written_down(written: str) -> None:
    for name in ListQuery.model_fields:
        assert f"| `{name}` |" in written


def test_every_problem_code_is_written_down(written: str) -> None:
    sources = Path(settings.BASE_DIR, "replay", "api").glob("*.py")
    codes = {code for source in sources for code in re.findall(r'\b[45]\d\d, "([a-z_]+)"', source.read_text())}
    assert len(codes) > 5
    for code in codes:
        assert f"| `{code}` |" in written


def test_reference_page_shows_every_operation(team: Team) -> None:
    page = team.client("bob").get("/api/v1/docs").text
    for operation in _operations():
        assert operation.split()[1] in page
    assert "min_duration_ms" in page
    assert "RecordingDetail" in page


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"$ref": "#/components/schemas/Counts"}, "Counts"),
        ({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}, "uuid or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"enum": ["", "live"]}, '"live"'),
        ({}, "any"),
    ],
)
def test_types_are_named_in_words(schema: dict[str, Any], text: str) -> None:
    assert type_name(schema) == text
