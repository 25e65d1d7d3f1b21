"""A filter -> walks along indexes, each in the order of a list."""

from typing import Final, TypeAlias

import msgspec

from treadle.model.execution import ExecutionStatus
from treadle.model.views import ExecutionFilter
from treadle.stores.sqlite.rows import Values

LATE_MS: Final = 60_000
"""Who started later than this after its creation stands in the index `executions_late`."""

Place: TypeAlias = tuple[int, str]
"""(created_at, id), by which lists are ordered."""
Condition: TypeAlias = tuple[str, Values]
"""A text, and the parameters in it."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """`keys` are the fields of a filter that its columns begin with, after the namespace.

    Then come the columns of a place; `others` are fields that stand behind them.
    """

    source: str
    keys: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of one index, newest first: `keys` say which, `rest` what else must hold of each.

    `is_narrow`: all of that stands in indexes, so that no row is looked up, which the conditions call `held`
    where the entry is `listed`. `is_light`: it stands in the entry itself. `has_status`: so does the status;
    `status` is that of every entry, None if they differ.

    Only places before `before` and from `since` on can match.
    """

    source: str
    keys: tuple[Condition, ...]
    rest: tuple[Condition, ...]
    is_narrow: bool
    is_light: bool
    has_status: bool
    status: ExecutionStatus | None
    before: Place | None
    since: Place | None = None


LISTED: Final = Index(source="executions AS listed INDEXED BY executions_listed")
BUSINESS_KEY: Final = Index(
    source="executions AS listed INDEXED BY executions_business_key", keys=("business_key",)
)
DEFINITION: Final = Index(
    source="executions AS listed INDEXED BY executions_definition", keys=("definition",)
)
VERSION: Final = Index(
    source="executions AS listed INDEXED BY executions_version", keys=("definition", "version")
)
STATUS: Final = Index(
    source="executions AS listed INDEXED BY executions_status",
    keys=("status",),
    others=frozenset({"definition", "version", "started_after", "started_before"}),
)
LATE: Final = Index(
    source="executions AS listed INDEXED BY executions_late",
    others=frozenset({"status", "definition", "version", "started_after", "started_before"}),
)
LABEL: Final = Index(source="labels AS listed", keys=("label",))

IS_LATE: Final[Condition] = (f"listed.started_at > listed.created_at + {LATE_MS}", ())
HAS_LABEL: Final = (
    "EXISTS (SELECT 1 FROM labels AS other WHERE other.namespace = listed.namespace AND other.name = ? "
    "AND other.value = ? AND other.created_at = listed.created_at AND other.id = listed.id)"
)
_CHECKS: Final = (
    ("definition", "definition = ?"),
    ("version", "definition_version = ?"),
    ("business_key", "business_key = ?"),
    ("started_after", "started_at >= ?"),
    ("started_before", "started_at < ?"),
)
"""Fields of a filter, and what must hold of a row for each that is given."""
_KEYS: Final = {**dict(_CHECKS), "status": "status = ?", "label": "name = ? AND listed.value = ?"}


def walks_of(where: ExecutionFilter, *, is_counted: bool = False) -> tuple[Walk, ...]:
    """Walks that find each execution that matches exactly once.

    `is_counted`: by status wherever an index can tell them apart.
    """
    if where.business_key is not None:
        walks = [_walk(where, BUSINESS_KEY)]
    elif where.labels:
        walks = [_walk(where, LABEL)]
    elif is_counted or _is_rare_by_status(where):
        walks = [_walk(where, STATUS, status) for status in where.statuses or ExecutionStatus]
    elif where.definition is not None:
        walks = [_walk(where, DEFINITION if where.version is None else VERSION)]
    else:
        walks = [_walk(where, LISTED)]
    if where.started_after is None:
        return tuple(walks)
    # Nobody who is not late started after this and was created before it.
    since = (where.started_after - LATE_MS, "")
    late = _walk(where, LATE)
    before = since if late.before is None else min(since, late.before)
    return (
        *(msgspec.structs.replace(walk, since=since) for walk in walks),
        msgspec.structs.replace(late, keys=(*late.keys, IS_LATE), before=before),
    )


def _is_rare_by_status(where: ExecutionFilter) -> bool:
    """Whether to go by status: most executions of a definition have completed, few stand in another.

    A version without a name is looked for there too, where it stands in the index.
    """
    if where.definition is None:
        return bool(where.statuses) or where.version is not None
    return bool(where.statuses) and ExecutionStatus.COMPLETED not in where.statuses


def _walk(where: ExecutionFilter, index: Index, status: ExecutionStatus | None = None) -> Walk:
    given: dict[str, Values] = {
        field: (getattr(where, field),) for field, _ in _CHECKS if getattr(where, field) is not None
    }
    labels = list(where.labels)
    if index is LABEL:
        given["label"] = labels.pop(0)
    if status is not None:
        given["status"] = (status,)
    keys: list[Condition] = [("listed.namespace = ?", (where.namespace,))]
    keys += [(f"listed.{_KEYS[key]}", given.pop(key)) for key in index.keys]
    looked_up = given.keys() - index.others
    has_status = "status" in (*index.keys, *index.others)
    rest: list[Condition] = [
        (f"{'held' if field in looked_up else 'listed'}.{text}", given[field])
        for field, text in _CHECKS
        if field in given
    ]
    if where.statuses and status is None:
        holder = "listed" if has_status else "held"
        rest.append((f"{holder}.status IN ({', '.join('?' * len(where.statuses))})", where.statuses))
    rest += [(HAS_LABEL, label) for label in labels]
    is_narrow = not looked_up and (has_status or not where.statuses)
    return Walk(
        source=index.source,
        keys=tuple(keys),
        rest=tuple(rest),
        is_narrow=is_narrow,
        is_light=is_narrow and not labels,
        has_status=has_status,
        status=status,
        # Nobody starts before its creation.
        before=None if where.started_before is None else (where.started_before, ""),
    )
