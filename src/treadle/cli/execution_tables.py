"""How executions, their visits and what happened to them stand in tables."""

from typing import Final

from treadle.cli.answers import FailureGroup, Happening, Page, Reason, Summary, Undo, Visit
from treadle.cli.paging import Rows
from treadle.cli.printing import on_one_line
from treadle.model.json import Json

VISIT_COLUMNS: Final = ("node", "kind", "status", "attempt", "started", "ended", "awaits", "error", "output")
UNDO_COLUMNS: Final = ("compensation", "status", "attempt", "error", "reason")
REASON_COLUMNS: Final = ("code", "path", "until", "message")


def summary_row(summary: Summary) -> tuple[Json, ...]:
    failure = summary.failure
    return (
        summary.id,
        str(summary.definition),
        summary.status,
        summary.business_key,
        summary.created_at,
        summary.ended_at,
        None if failure is None else f"{failure.path or ''} {failure.code}".strip(),
    )


def visit_row(visit: Visit, path: str | None = None) -> tuple[Json, ...]:
    """`path` is given where the visit does not hold it."""
    error = visit.attempts[-1].error if visit.attempts else None
    return (
        path or visit.path,
        visit.kind,
        visit.status,
        visit.attempt or None,
        visit.started_at,
        visit.ended_at,
        visit.wake_at or visit.waiting_for,
        None if error is None else str(error),
        visit.output,
    )


def undo_row(undo: Undo) -> tuple[Json, ...]:
    error = None if undo.error is None else str(undo.error)
    return undo.path, undo.status, undo.attempt or None, error, undo.reason


def happening_row(event: Happening) -> tuple[Json, ...]:
    return (
        event.seq,
        event.at,
        event.type,
        event.path,
        event.attempt,
        event.actor,
        event.reason,
        event.data,
    )


def reason_row(reason: Reason) -> tuple[Json, ...]:
    return reason.code, reason.path, reason.until, reason.message


def failure_row(group: FailureGroup) -> tuple[Json, ...]:
    return (
        group.definition,
        group.node,
        group.kind,
        group.code,
        group.count,
        group.sample_id,
        group.last_at,
    )


def event_line(event: Happening, at: str | None = None) -> str:
    """One event on one line, for those who read along; `at` stands for its instant."""
    where = event.path or "-"
    if event.attempt is not None:
        where += f" #{event.attempt}"
    said = [] if event.actor in ("", "engine") else [f"by {event.actor}"]
    said += [event.reason] if event.reason else []
    parts = (at or event.at, event.type.ljust(TYPE_CHARS), where, *said)
    return "  ".join(map(on_one_line, parts)).rstrip()


TYPE_CHARS: Final = 22
"""Room for the type of an event: nearly all are as short."""
SUMMARIES: Final = Rows(
    columns=("id", "definition", "status", "business key", "created", "ended", "failure"),
    page=Page[Summary],
    row=summary_row,
)
FAILURES: Final = Rows(
    columns=("definition", "node", "kind", "code", "count", "sample", "last"),
    page=Page[FailureGroup],
    row=failure_row,
)
HISTORY: Final = Rows(
    columns=("seq", "at", "type", "path", "attempt", "actor", "reason", "data"),
    page=Page[Happening],
    row=happening_row,
)
VISITS: Final = Rows(columns=VISIT_COLUMNS, page=Page[Visit], row=visit_row)
