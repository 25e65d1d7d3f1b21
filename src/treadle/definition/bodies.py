"""Bodies as they are written: `steps`, or `nodes` and the `start` among them."""

from typing import Final

from msgspec import UNSET

from treadle.definition.reading import NO_ROOTS, Outline, Reading, Way
from treadle.definition.section import Section
from treadle.model.definition import Body
from treadle.model.ids import NodeId
from treadle.model.json import Json

WORDS: Final = ("steps", "nodes", "start")


def read_inner(
    section: Section, outline: Outline, name: str, reading: Reading, roots: frozenset[str] = NO_ROOTS
) -> Body:
    """The body among the fields of a section; in it there are `roots` besides."""
    with reading.nested(outline, name, roots):
        return read_body(section, reading)


def read_inner_value(value: Json, pointer: str, outline: Outline, name: str, reading: Reading) -> Body:
    """The body that a value is: a list of nodes, or an object that holds them."""
    with reading.nested(outline, name):
        if not isinstance(value, dict):
            return Body(nodes=reading.nodes(value, pointer))
        section = Section(value, pointer, reading.faults)
        section.only(WORDS)
        return read_body(section, reading)


def read_body(section: Section, reading: Reading, *, is_required: bool = True) -> Body:
    """The body among the fields of a section, for the body that is open now."""
    section.exclude("steps", "nodes")
    steps, nodes = section.raw("steps"), section.raw("nodes")
    if steps is not UNSET:
        _note_start(section)
        return Body(nodes=reading.nodes(steps, section.at("steps")))
    if nodes is not UNSET:
        return _read_graph(nodes, section, reading)
    if section.has("start"):
        section.require("nodes", "the nodes of which `start` is the first")
    elif is_required:
        section.require("steps", "a list of nodes")
    return Body()


def _note_start(section: Section) -> None:
    if section.has("start") and not section.has("nodes"):
        message = "`start` belongs to a graph (`nodes`): a sequence starts with its first node"
        section.faults.error(section.at("start"), "conflicting_fields", message)


def _read_graph(nodes: Json, section: Section, reading: Reading) -> Body:
    section.require("start", "the id of the node that the graph begins with")
    start = section.text("start")
    opened = reading.open_body
    opened.is_graph = True
    if start is not None:
        opened.start = Way(target=start, pointer=section.at("start"))
    found = reading.nodes(nodes, section.at("nodes"))
    return Body(nodes=found, start=NodeId(start or ""))
