"""Updates of many rows at once, each with values of its own. Sync Django.

`bulk_update` builds a CASE of all rows for each field; that was nine tenths of a group commit.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_each(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Writes these fields of the rows, which are all of one model and exist."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    changes = ", ".join(f"{_column(field)} = %s" for field in fields)
    table = connection.ops.quote_name(meta.db_table)
    # Names of our own models alone.
    statement = f"UPDATE {table} SET {changes} WHERE {_column(meta.pk)} = %s"  # noqa: S608
    fields.append(meta.pk)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[_value(field, row) for field in fields] for row in rows])


def _column(field: "Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    return field.get_db_prep_save(field.value_from_object(row), connection)
