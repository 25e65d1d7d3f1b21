"""A node: what all kinds have, and by its kind the rest, so that what is wrong is told of that kind alone."""

from typing import Final

from treadle.definition.activities.table import READERS
from treadle.definition.kinds.table import KINDS
from treadle.definition.schema.examples import NODE_EXAMPLES
from treadle.definition.schema.kinds import COMMON, KIND_FIELDS, KIND_MEANINGS
from treadle.definition.schema.shapes import closed, excludes, one_of, properties, to
from treadle.model.json import Json

BODY: Final[dict[str, Json]] = {"allOf": [to("has_body")]}
RULES: Final[dict[str, dict[str, Json]]] = {
    "task": {
        **one_of(*READERS),
        "dependentSchemas": {
            "callback": {"required": ["mode"], "properties": {"mode": {"const": "async"}}},
        },
    },
    "switch": {"required": ["cases"]},
    "sleep": one_of("for", "until"),
    "wait": {
        **one_of("signal", "any", "all"),
        **excludes("all", "count"),
        "dependentRequired": {"on_timeout": ["timeout"]},
    },
    "parallel": {"required": ["branches"]},
    "race": {"required": ["branches"]},
    "each": {"required": ["items"], **BODY},
    "loop": {**one_of("while", "until"), **BODY},
    "try": BODY,
    "shield": BODY,
    "split": {"required": ["branches"]},
    "child": {
        "required": ["definition"],
        "if": {"required": ["mode"], "properties": {"mode": {"const": "detach"}}},
        "then": {"properties": {"compensate": False}},
    },
    "emit": {"required": ["topic", "type", "data"]},
    "set": {"required": ["vars"]},
    "end": {
        "required": ["status"],
        "if": {"required": ["status"], "properties": {"status": {"const": "failed"}}},
        "then": {"properties": {"output": False}},
        "else": {"properties": {"error": False}},
    },
}
"""What the fields of a kind say of each other."""


def node_definitions() -> dict[str, Json]:
    """The definition of a node, and of what each kind adds to it."""
    return {"node": _node(), **{kind: _kind(kind) for kind in KINDS}}


def _node() -> dict[str, Json]:
    return {
        "title": "Node",
        "type": "object",
        "required": ["id", "kind"],
        "properties": properties(COMMON),
        "allOf": [
            {"if": {"required": ["kind"], "properties": {"kind": {"const": kind}}}, "then": to(kind)}
            for kind in KINDS
        ],
    }


def _kind(kind: str) -> dict[str, Json]:
    """All fields of a node of the kind: closed here, so that one wrong field makes no others unknown."""
    own = closed(kind.capitalize(), KIND_MEANINGS[kind], KIND_FIELDS[kind])
    own["properties"] = {**dict.fromkeys(COMMON, True), **own["properties"]}
    return {**own, **RULES[kind], "examples": [NODE_EXAMPLES[kind]]}
