"""A list of nodes: what every node has is read here, the rest by the reader of its kind."""

from typing import Final

from msgspec import UNSET

from treadle.definition.kinds.reader import Head
from treadle.definition.kinds.table import KINDS
from treadle.definition.reading import Outline, Reading, Role, Spot, Way
from treadle.definition.section import Section, type_name
from treadle.definition.ways import read_way
from treadle.expressions.nearest import quoted
from treadle.expressions.places import CONDITION
from treadle.model.definition import Node
from treadle.model.ids import NodeId
from treadle.model.json import Json

COMMON_WORDS: Final = frozenset({"id", "kind", "label", "when", "next", "deadline"})
WORDS: Final = {kind: COMMON_WORDS | reader.words for kind, reader in KINDS.items()}
ONE_OF_THE_KINDS: Final = f"one of {', '.join(KINDS)}"


def read_nodes(value: Json, pointer: str, reading: Reading) -> tuple[Node, ...]:
    """The nodes of a body; one that cannot be read is left out, its faults noted."""
    if not isinstance(value, list):
        message = f"a body is a list of nodes, not {type_name(value)}"
        reading.faults.error(pointer, "wrong_type", message)
        return ()
    nodes = [read_node(item, f"{pointer}/{index}", reading) for index, item in enumerate(value)]
    return tuple(node for node in nodes if node is not None)


def read_node(value: Json, pointer: str, reading: Reading) -> Node | None:
    """One node, None if it has no kind that can be read."""
    section = Section.of(value, pointer, reading.faults, "a node")
    next_ = read_way(section, "next", reading)
    kind = _read_kind(section)
    outline = Outline(
        id=section.text("id"),
        kind=kind,
        pointer=pointer,
        written=section.fields,
        has_when=section.has("when"),
        has_next=section.has("next"),
        is_compensated=section.has("compensate"),
        bodies=[],
        ways=[] if next_ is None else [next_],
    )
    reading.enter(outline)
    section.require("id", "the name of the node, unique in the document")
    if kind is None:
        return None
    reader = KINDS[kind]
    section.only(WORDS[kind], reader.later)
    return reader.read(section, _read_head(section, outline, next_, reading), reading)


def _read_kind(section: Section) -> str | None:
    section.require("kind", ONE_OF_THE_KINDS)
    kind = section.text("kind")
    if kind is None or kind in KINDS:
        return kind
    hint = section.faults.hint(kind, KINDS)
    message = f"there is no kind {quoted(kind)}{hint} (available are {', '.join(KINDS)})"
    section.faults.error(section.at("kind"), "unknown_kind", message)
    return None


def _read_head(section: Section, outline: Outline, next_: Way | None, reading: Reading) -> Head:
    when = section.raw("when")
    if when is not UNSET:
        spot = Spot(place=CONDITION, owner=section.pointer, role=Role.BEFORE)
        reading.condition(when, section.at("when"), spot)
    return Head(
        id=NodeId(outline.id or ""),
        label=section.text("label"),
        when=None if when is UNSET else when,
        next=None if next_ is None else NodeId(next_.target),
        deadline_ms=section.duration_ms("deadline"),
        outline=outline,
    )
