"""`switch`: cases with a condition each and a body or the node to go on with, and a default."""

from typing import Final

from msgspec import UNSET

from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_body, read_inner_value
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.definition.ways import read_way
from treadle.expressions.nearest import quoted
from treadle.expressions.places import CONDITION
from treadle.model.definition import Body, Case, Switch
from treadle.model.ids import NodeId
from treadle.model.json import Json

CASE_WORDS: Final = ("when", "name", "next", *BODY_WORDS)


def read_switch(section: Section, head: Head, reading: Reading) -> Switch:
    """Read a switch with its bodies."""
    section.require("cases", "a list of `{when, name?, steps}`")
    written = section.list("cases")
    cases = tuple(
        _read_case(Section.of(value, pointer, reading.faults, "a case"), index, head, reading)
        for index, (value, pointer) in enumerate(written)
    )
    _check_names(cases, [pointer for _, pointer in written], section)
    is_named = isinstance(section.raw("default"), str)
    return Switch(
        **head.fields,
        cases=cases,
        default=Body() if is_named else _read_default(section, head, reading),
        default_next=_read_way(section, "default", head, reading) if is_named else None,
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


def _read_case(section: Section, index: int, head: Head, reading: Reading) -> Case:
    section.only(CASE_WORDS)
    section.require("when", "the condition under which the case is taken")
    section.exclude("next", "steps" if section.has("steps") else "nodes")
    when = section.raw("when")
    if when is not UNSET:
        spot = Spot(place=CONDITION, owner=head.outline.pointer, role=Role.BEFORE)
        reading.condition(when, section.at("when"), spot)
    next_ = _read_way(section, "next", head, reading)
    with reading.nested(head.outline, str(index)):
        body = read_body(section, reading, is_required=False)
    return Case(when=None if when is UNSET else when, name=section.text("name"), body=body, next=next_)


def _read_way(section: Section, field: str, head: Head, reading: Reading) -> NodeId | None:
    way = read_way(section, field, reading)
    if way is None:
        return None
    head.outline.ways.append(way)
    return NodeId(way.target)


def _read_default(section: Section, head: Head, reading: Reading) -> Body:
    value: Json = section.raw("default")
    if value is UNSET:
        return Body()
    return read_inner_value(value, section.at("default"), head.outline, "default", reading)


SWITCH: Final = KindReader(words=frozenset({"cases", "default"}), read=read_switch)
