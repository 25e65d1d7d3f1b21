"""A list of nodes: what every node has is read here, the rest by the reader of its kind."""

from typing import Final

from msgspec import UNSET

from treadle.definition.kinds.reader import Head
from treadle.definition.kinds.table import KINDS, LATER_KINDS
from treadle.definition.reading import Outline, Reading, Role, Spot
from treadle.definition.section import Section, type_name
from treadle.expressions.nearest import quoted
from treadle.expressions.places import CONDITION
from treadle.model.definition import Node
from treadle.model.ids import NodeId
from treadle.model.json import Json

COMMON_WORDS: Final = frozenset({"id", "kind", "label", "when"})
COMMON_LATER: Final = frozenset({"next", "deadline"})


def read_body(value: Json, pointer: str, reading: Reading) -> tuple[Node, ...]:
    """The nodes of a sequence; one that cannot be read is left out, its faults noted."""
    if not isinstance(value, list):
        message = f"a body is a list of nodes, not {type_name(value)}"
        reading.faults.error(pointer, "wrong_type", message)
        return ()
    nodes = [read_node(item, f"{pointer}/{index}", reading) for index, item in enumerate(value)]
    return tuple(node for node in nodes if node is not None)


def read_node(value: Json, pointer: str, reading: Reading) -> Node | None:
    """One node, None if it has no kind that can be read."""
    section = Section.of(value, pointer, reading.faults, "a node")
    outline = Outline(id=section.text("id"), pointer=pointer, bodies=[])
    reading.enter(outline)
    kind = _read_kind(section)
    section.require("id", "the name of the node, unique in the document")
    if kind is None:
        return None
    reader = KINDS[kind]
    section.only(COMMON_WORDS | reader.words, COMMON_LATER | reader.later)
    return reader.read(section, _read_head(section, outline, reading), reading)


def _read_kind(section: Section) -> str | None:
    section.require("kind", f"one of {', '.join(KINDS)}")
    kind = section.text("kind")
    if kind is None or kind in KINDS:
        return kind
    if kind in LATER_KINDS:
        message = f"the kind `{kind}` is not available yet; available are {', '.join(KINDS)}"
        section.faults.error(section.at("kind"), "unsupported_kind", message)
    else:
        known = [*KINDS, *sorted(LATER_KINDS)]
        hint = section.faults.hint(kind, known)
        message = f"there is no kind {quoted(kind)}{hint} (available are {', '.join(KINDS)})"
        section.faults.error(section.at("kind"), "unknown_kind", message)
    return None


def _read_head(section: Section, outline: Outline, reading: Reading) -> Head:
    when = section.raw("when")
    if when is not UNSET:
        spot = Spot(place=CONDITION, owner=section.pointer, role=Role.BEFORE)
        reading.condition(when, section.at("when"), spot)
    return Head(
        id=NodeId(outline.id or ""),
        label=section.text("label"),
        when=None if when is UNSET else when,
        outline=outline,
    )
