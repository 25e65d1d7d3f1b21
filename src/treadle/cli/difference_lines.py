"""What changed between two definitions, a line each: + added, - removed, > moved, ~ changed."""

from collections.abc import Iterator
from typing import Final

import click
import msgspec
from msgspec import UNSET, UnsetType

from treadle.cli.fault_lines import printable
from treadle.definition.differing.difference import Change, Compared, Difference, Move, NodePlace, Verdict
from treadle.model.json import Json

VALUE_CHARS_MAX: Final = 60
"""So much of a value is shown on each side."""
CUT: Final = "…"


def difference_lines(difference: Difference) -> Iterator[str]:
    """All there is to say of the two, for people."""
    yield f"{_compared(difference.old)} -> {_compared(difference.new)}"
    yield from (click.style(f"  + {_node(place)}", fg="green") for place in difference.added)
    yield from (click.style(f"  - {_node(place)}", fg="red") for place in difference.removed)
    yield from (click.style(f"  > {_moved(move)}", fg="cyan") for move in difference.moved)
    yield from (click.style(f"  ~ {_changed(change)}", fg="yellow") for change in difference.changed)
    if difference.is_empty:
        is_same_text = difference.old.digest == difference.new.digest
        yield "  the same" if is_same_text else "  the same, in other words"
    yield from _verdict("for new executions", difference.for_new)
    yield from _verdict("for running executions", difference.for_running)


def _compared(compared: Compared) -> str:
    return printable(f"{compared.name} {compared.version}")


def _node(place: NodePlace) -> str:
    return printable(f"{place.id} ({place.kind}) at {place.pointer}")


def _moved(move: Move) -> str:
    return printable(f"{move.id} from {move.old.pointer} to {move.new.pointer}")


def _changed(change: Change) -> str:
    where = f"{change.node} {change.field}" if change.node is not None else change.field
    remark = ", for people alone" if change.is_cosmetic else ""
    place = click.style(f"[{printable(change.pointer)}]", dim=True)
    return f"{printable(where)}: {_value(change.old)} -> {_value(change.new)}{remark} {place}"


def _value(value: Json | UnsetType) -> str:
    if value is UNSET:
        return "nothing"
    text = printable(msgspec.json.encode(value).decode())
    return text if len(text) <= VALUE_CHARS_MAX else text[:VALUE_CHARS_MAX] + CUT


def _verdict(what: str, verdict: Verdict) -> Iterator[str]:
    word, hue = ("compatible", "green") if verdict.compatible else ("not compatible", "red")
    yield f"{what}: {click.style(word, fg=hue)}"
    for reason in verdict.reasons:
        mark = "!" if reason.is_breaking else "-"
        code = click.style(f"[{printable(f'{reason.code} {reason.pointer}'.rstrip())}]", dim=True)
        yield f"  {mark} {printable(reason.message)} {code}"
