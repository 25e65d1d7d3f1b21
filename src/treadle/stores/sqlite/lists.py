"""Reads lists of executions along walks, each as far as it may look."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import apsw
import msgspec
import structlog

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId, Instant
from treadle.model.views import BoundedCounts, Cursor, ExecutionFilter, FailurePage, ListPage, Summary
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.walks import Condition, Place, Walk, walks_of

log = structlog.get_logger(__name__)

ALL: Final = -1
"""No limit, as SQLite writes it."""
STATUSES: Final = frozenset(ExecutionStatus)
HELD: Final = " CROSS JOIN executions AS held ON held.id = listed.id"


class ListBounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one request may look at. A row that has to be looked up costs some twenty times an entry.

    `entries` of indexes and `rows` are of a page, all its walks together; `counted` entries are of one
    status; `failures` is how many executions are put in groups.
    """

    entries: int = 50_000
    rows: int = 3_000
    counted: int = 50_000
    failures: int = 3_000

    def listed(self, walk: Walk, among: int) -> int:
        """Entries that one of so many walks may look at for a page."""
        return max(1, (self.entries if walk.is_light else self.rows) // among)

    def counted_of(self, walk: Walk) -> int:
        """Entries that one walk may count."""
        return self.counted if walk.has_status and walk.is_light else self.rows


class Lists:
    """One read, within its transaction. Without `bounds` it looks at all that there is."""

    def __init__(
        self, connection: apsw.Connection, statements: Statements, bounds: ListBounds | None = None
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._bounds = bounds

    def page(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> ListPage:
        """Those that match, in order."""
        places, end = self._places(where, after, limit + 1)
        if len(places) > limit:
            places = places[:limit]
            end = places[-1]
        following = None if end is None else Cursor(created_at=Instant(end[0]), id=end[1])
        return ListPage(items=self._summaries(places), next=following)

    def counts(self, where: ExecutionFilter) -> BoundedCounts:
        """By status."""
        counts: Counter[ExecutionStatus] = Counter()
        at_least: set[ExecutionStatus] = set()
        for walk in walks_of(where, is_counted=True):
            found, is_cut = self._count_one(walk, walk.status) if walk.status else self._count_mixed(walk)
            counts.update(found)
            if is_cut:
                at_least.update((walk.status,) if walk.status else where.statuses or ExecutionStatus)
        return BoundedCounts(by_status=+counts, at_least=frozenset(at_least))

    def failures(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> FailurePage:
        """Those that match, in groups: the newest only, where there are many."""
        most = ALL if self._bounds is None else self._bounds.failures
        places, end = self._places(where, None, most if most == ALL else most + 1)
        is_truncated = end is not None or len(places) > most != ALL
        values = (_ids(places if most == ALL else places[:most]), rows.place_before(after), limit)
        found = self._connection.execute(self._statements["group_failures"], values)
        return FailurePage(groups=tuple(map(rows.read_failure_group, found)), is_truncated=is_truncated)

    def _places(
        self, where: ExecutionFilter, after: Cursor | None, limit: int
    ) -> tuple[list[Place], Place | None]:
        """The first places that match, at most `limit`; and the last that was looked at, None for all."""
        walks = walks_of(where)
        end = None
        if self._bounds is not None:
            checked = [walk for walk in walks if walk.rest]
            ends = [self._end(walk, after, self._bounds.listed(walk, len(checked))) for walk in checked]
            end = max((place for place in ends if place is not None), default=None)
        found = [self._listed(walk, after, end, limit) for walk in walks]
        places = sorted(chain.from_iterable(found), reverse=True)
        return (places if limit == ALL else places[:limit]), end

    def _end(self, walk: Walk, cursor: Cursor | None, most: int) -> Place | None:
        """The last of `most` entries, whether they match or not; None if there are no more than that."""
        places = self._listed(entries_of(walk), cursor, None, 2, most - 1)
        return places[0] if len(places) > 1 else None

    def _listed(
        self, walk: Walk, cursor: Cursor | None, end: Place | None, limit: int, offset: int = 0
    ) -> list[Place]:
        statement, values = walking(self._statements, "list_places", walk, cursor, end)
        found: list[rows.Row] = self._connection.execute(statement, (*values, limit, offset)).fetchall()
        return [(created_at, execution_id) for created_at, execution_id in found]

    def _count_one(self, walk: Walk, status: ExecutionStatus) -> tuple[dict[ExecutionStatus, int], bool]:
        """Those that match among the entries of a status; whether there are more entries."""
        most = ALL if self._bounds is None else self._bounds.counted_of(walk)
        statement, values = matching(self._statements, "count_status", walk)
        limit = most if most == ALL else most + 1
        [(looked_at, count)] = self._connection.execute(statement, (*values, limit))
        is_cut = looked_at > most != ALL
        return {status: min(count, most) if is_cut else count}, is_cut

    def _count_mixed(self, walk: Walk) -> tuple[dict[ExecutionStatus, int], bool]:
        """The same where entries are of any status."""
        end = None if self._bounds is None else self._end(walk, None, self._bounds.counted_of(walk))
        name, counted = "count_entries", walk
        if not walk.has_status:
            name, counted = "count_rows", msgspec.structs.replace(walk, is_narrow=False)
        statement, values = walking(self._statements, name, counted, None, end)
        found: list[rows.Row] = self._connection.execute(statement, values).fetchall()
        counts = {ExecutionStatus(status): count for status, count in found if status in STATUSES}
        return counts, end is not None

    def _summaries(self, places: Sequence[Place]) -> tuple[Summary, ...]:
        found = self._connection.execute(self._statements["list_summaries"], (_ids(places),))
        summaries = {row[0]: summary for row in found if (summary := _read(row)) is not None}
        return tuple(summaries[execution_id] for _, execution_id in places if execution_id in summaries)


def entries_of(walk: Walk) -> Walk:
    """The same, whatever else must hold: all entries that are looked at."""
    return msgspec.structs.replace(walk, rest=(), is_narrow=True)


def walking(
    statements: Statements, name: str, walk: Walk, cursor: Cursor | None, end: Place | None
) -> tuple[str, rows.Values]:
    """The statement along a walk, from what follows the cursor to `end`, with its first parameters."""
    source = walk.source if walk.is_narrow else walk.source + HELD
    conditions = _conditions(walk, None if cursor is None else (cursor.created_at, cursor.id), end)
    statement = statements.walking(name, source, [text for text, _ in conditions])
    return statement, tuple(value for _, values in conditions for value in values)


def matching(statements: Statements, name: str, walk: Walk) -> tuple[str, rows.Values]:
    """The statement along all entries of a walk, that tells those that match, with its first parameters."""
    looked_at = _conditions(entries_of(walk), None, None)
    texts, matches = ([text for text, _ in conditions] for conditions in (looked_at, walk.rest))
    statement = statements.matching(name, walk.source, texts, matches)
    return statement, tuple(value for _, values in (*walk.rest, *looked_at) for value in values)


def _conditions(walk: Walk, cursor: Place | None, end: Place | None) -> tuple[Condition, ...]:
    """All that must hold of an entry."""
    before = min((place for place in (walk.before, cursor) if place is not None), default=None)
    since = max((place for place in (walk.since, end) if place is not None), default=None)
    between: list[Condition] = []
    if before is not None:
        between.append(("(listed.created_at, listed.id) < (?, ?)", before))
    if since is not None:
        between.append(("(listed.created_at, listed.id) >= (?, ?)", since))
    return (*walk.keys, *between, *walk.rest)


def _read(row: rows.Row) -> Summary | None:
    """None for a row that cannot be: all others are listed, and an audit of the store tells of this one."""
    try:
        return rows.read_summary(row)
    except (ValueError, msgspec.MsgspecError) as error:
        log.error("execution cannot be listed", execution=row[0], message=str(error))
        return None


def _ids(places: Iterable[Place]) -> str:
    return rows.id_list([ExecutionId(execution_id) for _, execution_id in places])
