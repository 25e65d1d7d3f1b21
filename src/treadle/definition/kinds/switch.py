"""`switch`: cases with a condition and a body each, and a default."""

from typing import Final

from msgspec import UNSET

from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.expressions.places import CONDITION
from treadle.model.definition import Case, Node, Switch
from treadle.model.json import Json

CASE_WORDS: Final = ("when", "name", "steps")
CASE_LATER: Final = frozenset({"next", "nodes", "start"})


def read_switch(section: Section, head: Head, reading: Reading) -> Switch:
    """Read a switch with its bodies."""
    section.require("cases", "a list of `{when, name?, steps}`")
    written = section.list("cases")
    cases = tuple(_read_case(value, pointer, section, head, reading) for value, pointer in written)
    _check_names(cases, [pointer for _, pointer in written], section)
    return Switch(
        id=head.id,
        label=head.label,
        when=head.when,
        cases=cases,
        default=_read_default(section, head, reading),
    )


def _check_names(cases: tuple[Case, ...], pointers: list[str], section: Section) -> None:
    names: set[str] = set()
    for case, pointer in zip(cases, pointers, strict=True):
        if case.name is None:
            continue
        if case.name in names:
            message = f"a case before has the name {quoted(case.name)} already"
            section.faults.error(f"{pointer}/name", "duplicate_case", message)
        names.add(case.name)


def _read_case(value: Json, pointer: str, switch: Section, head: Head, reading: Reading) -> Case:
    section = Section.of(value, pointer, reading.faults, "a case")
    section.only(CASE_WORDS, CASE_LATER)
    section.require("when", "the condition under which the case is taken")
    when = section.raw("when")
    if when is not UNSET:
        spot = Spot(place=CONDITION, owner=switch.pointer, role=Role.BEFORE)
        reading.condition(when, section.at("when"), spot)
    steps = section.raw("steps")
    with reading.nested(head.outline):
        body = () if steps is UNSET else reading.body(steps, section.at("steps"))
    return Case(when=None if when is UNSET else when, name=section.text("name"), steps=body)


def _read_default(section: Section, head: Head, reading: Reading) -> tuple[Node, ...]:
    value = section.raw("default")
    if value is UNSET:
        return ()
    if isinstance(value, str):
        message = "a default that names a node belongs to graphs, not available yet: write its nodes"
        section.faults.error(section.at("default"), "unsupported_value", message)
        return ()
    with reading.nested(head.outline):
        return reading.body(value, section.at("default"))


SWITCH: Final = KindReader(words=frozenset({"cases", "default"}), read=read_switch)
