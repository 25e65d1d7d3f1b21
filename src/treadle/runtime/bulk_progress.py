"""How far a bulk act has come: each execution is counted once, when its end is known."""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from treadle.model.bulk_acts import BulkAct, BulkRefusal, BulkRefusals, BulkTarget
from treadle.model.ids import ExecutionId, Instant
from treadle.model.views import Cursor, ListPage

REFUSAL_CODES_MAX: Final = 20
"""Codes that refusals are grouped by; those of further codes are counted together."""
REFUSALS_TOLD_MAX: Final = 10
"""The last so many of each code are told."""
MESSAGE_CHARS_MAX: Final = 500
"""Of the message of a refusal."""
FURTHER: Final = "other"
"""Stands for the codes beyond REFUSAL_CODES_MAX."""


class BulkEnding(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one execution: `code` None if it did what it was told."""

    execution_id: ExecutionId
    code: str | None = None
    message: str = ""


def ended(act: BulkAct, now: Instant) -> BulkAct:
    """The bulk act when there is no more to act on: `total` is how many were."""
    return replace(act, total=act.done + act.refused, ended_at=now)


def planned(act: BulkAct, found: ListPage, now: Instant) -> BulkAct:
    """The bulk act with what is to be acted on next; ended, if nothing was found and nothing follows."""
    if not found.items and found.next is None:
        return ended(act, now)
    known = act.done + act.refused
    targets = tuple(BulkTarget(execution_id=one.id, version=one.version) for one in found.items)
    after = found.next or Cursor(created_at=found.items[-1].created_at, id=found.items[-1].id)
    return replace(act, targets=targets, after=after, total=max(act.total, known + len(targets)))


def counted(act: BulkAct, endings: Iterable[BulkEnding], left: Iterable[BulkTarget]) -> BulkAct:
    """The bulk act with these ends, in the order in which they came; `left` are still to be acted on."""
    done, groups = 0, {group.code: group for group in act.refusals}
    refused = 0
    for ending in endings:
        if ending.code is None:
            done += 1
            continue
        refused += 1
        code = ending.code if ending.code in groups or len(groups) < REFUSAL_CODES_MAX else FURTHER
        before = groups.get(code, BulkRefusals(code=code, count=0, last=()))
        message = ending.message[:MESSAGE_CHARS_MAX]
        last = (BulkRefusal(execution_id=ending.execution_id, message=message), *before.last)
        groups[code] = replace(before, count=before.count + 1, last=last[:REFUSALS_TOLD_MAX])
    return replace(
        act,
        targets=tuple(left),
        done=act.done + done,
        refused=act.refused + refused,
        refusals=tuple(groups.values()),
    )
