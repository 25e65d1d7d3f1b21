"""Objects of a Trama document: a field that is null is not there, and one that nobody knows is ignored."""

from collections.abc import Collection

from treadle.definition.faults import Faults
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.model.json import Json


def fields_of(value: Json, pointer: str, faults: Faults, what: str, known: Collection[str]) -> Section:
    """The section of a value; what it has besides `known` fields is warned of."""
    written = {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value
    section = Section.of(written, pointer, faults, what)
    for field, _, at in section.items():
        if field not in known:
            hint = faults.hint(field, known)
            message = (
                f"{quoted(field)} means nothing here and is ignored{hint} (known are {', '.join(known)})"
            )
            faults.warn(at, "ignored_field", message)
    return section


def part_of(owner: Section, field: str, known: Collection[str]) -> Section:
    """The object under a field; one without fields if it is not there."""
    value = owner.raw(field) if owner.has(field) else {}
    return fields_of(value, owner.at(field), owner.faults, f"`{field}`", known)


def ignore(owner: Section, field: str, why: str) -> None:
    """Warn of a field that is known and has no effect where it stands."""
    if owner.has(field):
        owner.faults.warn(owner.at(field), "ignored_field", f"`{field}` has no effect: {why}")
