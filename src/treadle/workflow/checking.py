"""What a reader of documents says of one piece, before the rest is written.

A piece is put into a document of its own, in which it has the surroundings that it has in the whole, and is
read there. The rules that look at other nodes are left to the whole.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from treadle.definition.document import read_document
from treadle.definition.faults import Faults
from treadle.definition.kinds.body import read_nodes
from treadle.definition.reading import Reading
from treadle.definition.rules.document import ReadDocument
from treadle.definition.rules.ids import check_ids
from treadle.definition.rules.names import check_names
from treadle.definition.rules.schemas import check_input_schema
from treadle.definition.soundness import is_sound
from treadle.model.errors import Fault
from treadle.model.json import Json
from treadle.workflow.errors import faulty

OF_OTHERS: Final = frozenset({"no_weight", "duplicate_id"})
"""What is wrong with a piece only as long as others are missing, or because of its surroundings."""
NAMED: Final[Mapping[str, Json]] = {"name": "a", "version": "1"}
NO_NODES: Final[Mapping[str, Json]] = {"steps": []}
AROUND: Final = "around"
"""The id of the nodes put around a piece; nothing asks whether it is unique."""
EACH: Final[Mapping[str, Json]] = {"kind": "each", "items": []}
LOOP: Final[Mapping[str, Json]] = {"kind": "loop", "until": {"!": [False]}}


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a node stands: the roots that the bodies around it add, and whether it is a node of a graph."""

    roots: frozenset[str] = frozenset()
    is_graph: bool = False
    defaults: Json = None


ANYWHERE: Final = Surroundings(
    roots=frozenset({"failure", "item", "index"}), defaults={"callback": {"timeout": "1m"}}
)
"""For a piece of which it is not known yet where it will stand: everything that is somewhere is here."""


def check_node(node: dict[str, Json], surroundings: Surroundings, pointer: str) -> None:
    """Read a node that will stand at `pointer`.

    Raises:
        WorkflowError: `invalid_definition`, with every fault.
    """
    fields, place = _placed(node, surroundings)
    defaults = {} if surroundings.defaults is None else {"defaults": surroundings.defaults}
    _check({**NAMED, **defaults, **fields}, place, pointer)


def check_document(fields: Mapping[str, Json]) -> None:
    """Read fields of a document, among them those of a body without nodes.

    Raises:
        WorkflowError: `invalid_definition`, with every fault.
    """
    _check({**NAMED, **fields}, "", "")


def check_part(task: Mapping[str, Json], field: str = "") -> None:
    """Read a part of an async task that may stand anywhere; pointers lead from `field` of the task.

    Raises:
        WorkflowError: `invalid_definition`, with every fault.
    """
    fields, place = _placed({"id": AROUND, "kind": "task", "mode": "async", **task}, ANYWHERE)
    _check({**NAMED, "defaults": ANYWHERE.defaults, **fields}, place + field, "")


def _placed(node: dict[str, Json], surroundings: Surroundings) -> tuple[dict[str, Json], str]:
    """The body that holds the node inside what gives it its roots, and where the node stands."""
    body: dict[str, Json] = {"steps": [node]}
    place = "/steps/0"
    if surroundings.is_graph:
        body, place = {"nodes": [node], "start": node["id"]}, "/nodes/0"
    if "failure" in surroundings.roots:
        attempted: Json = {"id": AROUND, "kind": "try", "steps": [], "catch": [body]}
        body, place = {"steps": [attempted]}, f"/steps/0/catch/0{place}"
    if "index" in surroundings.roots:
        around = EACH if "item" in surroundings.roots else LOOP
        body, place = {"steps": [{"id": AROUND, **around, **body}]}, f"/steps/0{place}"
    return body, place


def _check(tree: dict[str, Json], place: str, pointer: str) -> None:
    found = [
        replace(fault, pointer=pointer + fault.pointer.removeprefix(place))
        for fault in _faults(tree)
        if fault.code not in OF_OTHERS and fault.pointer.startswith(place)
    ]
    if found:
        raise faulty(found)


def _faults(tree: dict[str, Json]) -> tuple[Fault, ...]:
    faults = Faults()
    if is_sound(tree, faults):
        reading = Reading(faults, read_nodes)
        definition = read_document(tree, reading)
        document = ReadDocument(definition=definition, outline=reading.root, uses=reading.uses)
        for rule in (check_names, check_input_schema, check_ids):
            rule(document, faults)
    return faults.errors
