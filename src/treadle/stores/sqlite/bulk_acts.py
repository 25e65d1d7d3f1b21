"""Keeps bulk acts; everything runs in the writer's thread, and is a few rows."""

from collections.abc import Sequence
from typing import Final

import apsw
import msgspec

from treadle.model.bulk_acts import BulkAct, BulkAction, BulkRefusals, BulkTarget
from treadle.model.ids import BulkId, Instant, Namespace
from treadle.model.views import Cursor, ExecutionFilter
from treadle.stores.sqlite.in_thread import InThread
from treadle.stores.sqlite.rows import Row, Values
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import reading, writing

BEFORE_ALL: Final = ""
"""Sorts before every id."""
BEHIND_ALL: Final = "~"
"""Sorts behind every id."""
_encoder = msgspec.json.Encoder()
_filters = msgspec.json.Decoder(ExecutionFilter)
_targets = msgspec.json.Decoder(tuple[BulkTarget, ...])
_refusals = msgspec.json.Decoder(tuple[BulkRefusals, ...])


class SqliteBulkActs:
    def __init__(self, connection: apsw.Connection, statements: Statements, in_thread: InThread) -> None:
        self._connection = connection
        self._statements = statements
        self._in_thread = in_thread

    async def add(self, act: BulkAct, running_max: int) -> bool:
        return await self._write("insert_bulk_act", (*_fixed(act), *_moving(act), running_max)) > 0

    async def save(self, act: BulkAct) -> None:
        await self._write("update_bulk_act", (act.id, *_moving(act)))

    async def stop(self, namespace: Namespace, bulk_id: BulkId) -> None:
        await self._write("stop_bulk_act", (bulk_id, namespace))

    async def find(self, namespace: Namespace, bulk_id: BulkId) -> BulkAct | None:
        return _first(await self._read("find_bulk_act", (bulk_id, namespace)))

    async def newest(self, namespace: Namespace, before: BulkId | None, limit: int) -> Sequence[BulkAct]:
        found = await self._read("list_bulk_acts", (namespace, before or BEHIND_ALL, limit))
        return [_read_act(row) for row in found]

    async def next_running(self, after: BulkId | None) -> BulkAct | None:
        return _first(await self._read("find_running_bulk_act", (after or BEFORE_ALL,)))

    async def forget_ended(self, before: Instant, limit: int) -> int:
        return await self._write("delete_ended_bulk_acts", (before, limit))

    async def _write(self, name: str, values: Values) -> int:
        """How many rows were written."""

        def write() -> int:
            with writing(self._connection):
                self._connection.execute(self._statements[name], values)
                return self._connection.changes()

        return await self._in_thread(write)

    async def _read(self, name: str, values: Values) -> list[Row]:
        def read() -> list[Row]:
            with reading(self._connection):
                return self._connection.execute(self._statements[name], values).fetchall()

        return await self._in_thread(read)


def _fixed(act: BulkAct) -> Values:
    """The columns that never change."""
    where = act.where
    return (act.id, where.namespace, _text(where), act.action, act.reason, act.actor, act.created_at)


def _moving(act: BulkAct) -> Values:
    """The columns that change while it runs."""
    return (
        act.total,
        act.after.created_at,
        act.after.id,
        _text(act.targets),
        act.done,
        act.refused,
        _text(act.refusals),
        act.ended_at,
    )


def _first(found: list[Row]) -> BulkAct | None:
    return _read_act(found[0]) if found else None


def _read_act(row: Row) -> BulkAct:
    (
        id_,
        _,
        where,
        action,
        reason,
        actor,
        created_at,
        total,
        after_created_at,
        after_id,
        targets,
        done,
        refused,
        refusals,
        ended_at,
        is_stopping,
    ) = row
    return BulkAct(
        id=id_,
        where=_filters.decode(where),
        action=BulkAction(action),
        reason=reason,
        actor=actor,
        created_at=created_at,
        total=total,
        after=Cursor(created_at=after_created_at, id=after_id),
        targets=_targets.decode(targets),
        done=done,
        refused=refused,
        refusals=_refusals.decode(refusals),
        is_stopping=bool(is_stopping),
        ended_at=ended_at,
    )


def _text(value: object) -> str:
    return _encoder.encode(value).decode()
