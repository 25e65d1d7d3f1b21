"""`child`: an execution of another definition."""

import re
from typing import Final

from msgspec import UNSET

from treadle.definition.compensation import read_compensate
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.expressions.places import VALUE
from treadle.model.definition import Child
from treadle.model.ids import NAME
from treadle.model.json import Json

MODES: Final = ("wait", "detach")
DEFINITION: Final = re.compile(f"{NAME.pattern}(?:@{NAME.pattern})?")


def read_child(section: Section, head: Head, reading: Reading) -> Child:
    """Read a child."""
    section.require("definition", "the definition to run: `name` or `name@version`")
    is_detached = section.word("mode", MODES) == "detach"
    if is_detached and section.has("compensate"):
        message = "nobody waits for a detached child, and so nothing of it is undone"
        section.faults.error(section.at("compensate"), "conflicting_fields", message)
    return Child(
        **head.fields,
        definition=_read_definition(section),
        input=_read_input(section, reading),
        is_detached=is_detached,
        compensate=read_compensate(section, reading),
    )


def _read_definition(section: Section) -> str:
    name = section.text("definition")
    if name is not None and not DEFINITION.fullmatch(name):
        message = f"{quoted(name)} is no `name` and no `name@version` of a definition"
        section.faults.error(section.at("definition"), "invalid_name", message)
    return name or ""


def _read_input(section: Section, reading: Reading) -> Json:
    value = section.raw("input")
    if value is UNSET:
        return {}
    reading.template(value, section.at("input"), Spot(place=VALUE, owner=section.pointer, role=Role.BEFORE))
    return value


CHILD: Final = KindReader(words=frozenset({"definition", "input", "mode", "compensate"}), read=read_child)
