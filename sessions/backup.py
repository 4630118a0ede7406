"""Backup and restore: all rows and objects to a folder and back, whichever database and object store are in use.

    FOLDER/manifest.json            format, time, rows of each table, objects, objects that were not there or damaged
    FOLDER/tables/APP.MODEL.jsonl   a row on each line: values by column name, bytes in base64, times in ISO 8601
    FOLDER/objects/KEY              objects under their keys

The rows are one snapshot of the database, taken while the server runs. Objects are immutable and only those that the
snapshot names are copied, so that both fit together. Left out: logins, the admin's history, groups and permissions of
members, agents' heartbeats, objects that no row names, and objects that are not what their row says.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import batched
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers import sort_dependencies
from django.db import connection, models, transaction
from django.utils import timezone

from .models import AgentNode, Segment
from .objects import ObjectExists, ObjectMissing, object_store

FORMAT: Final = 1
_APPS: Final = ("recordings", "account")
_CLEARED: Final = ("sessions.Session", "admin.LogEntry")
"""Tables that refer to members and are emptied, not replaced."""
_ROWS_AT_ONCE: Final = 500


class BackupError(Exception):
    """The folder or the database is not fit for what was asked; the message says why."""


class ObjectDamaged(BackupError):
    """An object's digest is another than its row's."""


def backup(folder: Path) -> dict[str, Any]:
    """Writes all to a folder that must be empty or new. Answers the manifest."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty.")
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    with _snapshot():
        rows = {model._meta.label: _dump(model, _table_path(folder, model)) for model in _models()}
        segments = list(Segment.objects.values_list("object_key", "digest"))
    missing, damaged = _copy_out_all(folder, segments)
    manifest = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "rows": rows,
        "objects": len(segments) - len(missing) - len(damaged),
        "missing": missing,
        "damaged": damaged,
    }
    # Last, so that a folder without it is known to be unfinished.
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def restore(folder: Path, *, replace: bool = False) -> dict[str, Any]:
    """Reads a backup into a migrated database without rows, or in place of all its rows. Answers the manifest."""
    manifest = _read_manifest(folder)
    if not replace and (full := [model._meta.label for model in _models() if model._base_manager.exists()]):
        raise BackupError(f"The database is not empty ({', '.join(full)}); --replace deletes what is in it.")
    _copy_in(folder)
    with transaction.atomic():
        if replace:
            _clear()
        for model in _models():
            _load(model, _table_path(folder, model))
        _reset_sequences()
    return manifest


def _models() -> list[type[models.Model]]:
    """Those that are kept, the ones referred to before the ones that refer."""
    chosen = [(apps.get_app_config(label), None) for label in _APPS]
    return [model for model in sort_dependencies(chosen) if model is not AgentNode and model._meta.managed]


def _table_path(folder: Path, model: type[models.Model]) -> Path:
    return folder / "tables" / f"{model._meta.label_lower}.jsonl"


@contextmanager
def _snapshot() -> Iterator[None]:
    """All reads inside see the same moment; writers are not held up."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # SQLite: Django's own transactions are IMMEDIATE here and would take the one write lock.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")


# Rows


def _dump(model: type[models.Model], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in model._base_manager.order_by("pk").iterator(chunk_size=_ROWS_AT_ONCE):
            values = {field.attname: _plain(field, row) for field in model._meta.concrete_fields}
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    return count


def _plain(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    value = field.value_from_object(row)
    if isinstance(field, models.BinaryField):
        return field.value_to_string(row)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _load(model: type[models.Model], path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        for lines in batched(file, _ROWS_AT_ONCE, strict=False):
            model._base_manager.bulk_create([_row(model, json.loads(line)) for line in lines])


def _row(model: type[models.Model], values: dict[str, Any]) -> models.Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: _value(fields[name], value) for name, value in values.items()})


def _value(field: "models.Field[Any, Any]", value: Any) -> Any:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def _clear() -> None:
    members = apps.get_model("recordings", "Member")
    through = [getattr(members, field.name).through for field in members._meta.local_many_to_many]
    others = [apps.get_model(label) for label in _CLEARED]
    for model in [*others, *through, AgentNode, *reversed(_models())]:
        # Row by row is not needed: everything that refers to these rows goes too.
        model._base_manager.all()._raw_delete(connection.alias)


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)


# Objects


def _copy_out_all(folder: Path, segments: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Answers which are missing (deleted after the snapshot, or lost) and which are damaged; all others are copied."""
    missing: list[str] = []
    damaged: list[str] = []
    for key, digest in segments:
        try:
            _copy_out(folder, key, digest)
        except ObjectMissing:
            missing.append(key)
        except ObjectDamaged:
            damaged.append(key)
    return missing, damaged


def _copy_out(folder: Path, key: str, digest: str) -> None:
    data = object_store().get(key)
    _check(key, data, digest)
    path = folder / "objects" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _copy_in(folder: Path) -> None:
    """Before the rows, so that no row names an object that is not there."""
    for key, digest in _segments(folder):
        path = folder / "objects" / key
        if not path.exists():
            continue
        data = path.read_bytes()
        _check(key, data, digest)
        try:
            object_store().put_new(key, data)
        except ObjectExists:
            _check(key, object_store().get(key), digest)


def _segments(folder: Path) -> Iterable[tuple[str, str]]:
    with _table_path(folder, Segment).open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield row["object_key"], row["digest"]


def _check(key: str, data: bytes, digest: str) -> None:
    if hashlib.sha256(data).hexdigest() != digest:
        raise ObjectDamaged(f"The object {key} is not what its row says.")


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.exists():
        raise BackupError(f"{folder} holds no finished backup: there is no manifest.json.")
    manifest: dict[str, Any] = json.loads(path.read_text())
    if manifest["format"] != FORMAT:
        raise BackupError(f"The backup has format {manifest['format']}; this version reads {FORMAT}.")
    return manifest
