"""Filters of a list -> conditions."""

from treadle.model.views import Cursor, ExecutionFilter
from treadle.stores.sqlite.rows import Values

_EQUAL = (
    ("definition", "definition"),
    ("version", "definition_version"),
    ("business_key", "business_key"),
)
"""Fields of the filter and the columns that must equal them."""


def conditions(where: ExecutionFilter, after: Cursor | None) -> tuple[list[str], Values]:
    """What must hold, and the parameters in order."""
    texts = ["namespace = ?"]
    values: list[str | int] = [where.namespace]
    if where.statuses:
        texts.append(f"status IN ({', '.join('?' * len(where.statuses))})")
        values.extend(where.statuses)
    for field, column in _EQUAL:
        wanted = getattr(where, field)
        if wanted is not None:
            texts.append(f"{column} = ?")
            values.append(wanted)
    for label, value in where.labels:
        texts.append("EXISTS (SELECT 1 FROM json_each(labels) WHERE key = ? AND value = ?)")
        values.extend((label, value))
    if where.started_after is not None:
        texts.append("started_at >= ?")
        values.append(where.started_after)
    if where.started_before is not None:
        texts.append("started_at < ?")
        values.append(where.started_before)
    if after is not None:
        texts.append("(created_at, id) < (?, ?)")
        values.extend((after.created_at, after.id))
    return texts, tuple(values)
