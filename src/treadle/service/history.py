"""Events as they are shown to people."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec import UNSET

from treadle.codec.events import decode_events
from treadle.model.events import Event
from treadle.model.ids import Path
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.ports.commit import HistoryRow

OWN_FIELDS: Final = frozenset({"at", "path", "attempt", "actor", "reason"})
"""Fields that stand beside `data`, not in it."""
INNER_FIELDS: Final = frozenset({"since", "after", "is_anew", "keeps_parts"})
"""By which the fold finds what stands in a later run: the other events say the same to people."""
INSTANT_FIELDS: Final = frozenset({"wake_at", "start_at", "deadline_at", "callback_until", "expires_at"})
ENGINE_ACTOR: Final = "engine"


class HistoryItem(msgspec.Struct, frozen=True, kw_only=True):
    """One event; `data` holds what is particular to its type."""

    seq: int
    at: str
    type: str
    path: Path | None
    attempt: int | None
    data: dict[str, Json]
    actor: str
    reason: str | None


def history_items(rows: Iterable[HistoryRow], after_seq: int) -> Iterator[HistoryItem]:
    """The events of the rows that come after `after_seq`, oldest first.

    Raises:
        Corrupt: a row cannot be read.
    """
    for row in rows:
        for seq, event in enumerate(decode_events(row.events), start=row.first_seq):
            if seq > after_seq:
                yield history_item(seq, event)


def history_item(seq: int, event: Event) -> HistoryItem:
    """One event with its place in the history."""
    return HistoryItem(
        seq=seq,
        at=format_instant(event.at),
        type=type(event).__name__,
        path=getattr(event, "path", None),
        attempt=getattr(event, "attempt", None),
        data=_data(event),
        actor=getattr(event, "actor", None) or ENGINE_ACTOR,
        reason=getattr(event, "reason", None),
    )


def _data(event: Event) -> dict[str, Json]:
    data: dict[str, Json] = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if name in OWN_FIELDS or name in INNER_FIELDS or value is UNSET:
            continue
        is_instant = name in INSTANT_FIELDS and value is not None
        data[name] = format_instant(value) if is_instant else msgspec.to_builtins(value)
    return data
