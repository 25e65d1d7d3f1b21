"""Bodies: a list of nodes, or nodes and the `start` among them."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.bounds import DEFAULT_BOUNDS
from treadle.definition.schema.shapes import Field, closed, field, to
from treadle.definition.schema.values import NODE
from treadle.model.json import Json

NODES: Final[dict[str, Json]] = {"type": "array", "maxItems": DEFAULT_BOUNDS.nodes, "items": to("node")}
STEPS: Final[dict[str, Json]] = {
    **NODES,
    "items": {**to("node"), "properties": {"next": False}},
}
BODY_FIELDS: Final[Mapping[str, Field]] = {
    "steps": field("The nodes of a sequence, one after the other.", STEPS),
    "nodes": field("The nodes of a graph, each of which names its `next`; without one the body ends.", NODES),
    "start": field("The node that a graph begins with.", NODE),
}
AT_MOST_ONE: Final[dict[str, Json]] = {
    "dependentRequired": {"nodes": ["start"], "start": ["nodes"]},
    "dependentSchemas": {"steps": {"properties": {"nodes": False, "start": False}}},
}
EXACTLY_ONE: Final[dict[str, Json]] = {
    **AT_MOST_ONE,
    "if": {"required": ["nodes"]},
    "else": {"required": ["steps"]},
}
BODY_MEANING: Final = "The nodes that run one after the other: `steps`, or `nodes` and `start`."
BODY_DEFINITIONS: Final[dict[str, Json]] = {
    "steps": {"title": "Steps", "description": "The nodes of a sequence.", **STEPS},
    "has_body": {"description": "`steps`, or `nodes` and `start`, stand there.", **EXACTLY_ONE},
    "may_have_body": {"description": "`steps`, or `nodes` and `start`, or neither.", **AT_MOST_ONE},
    "body": {
        "title": "Body",
        "description": "A list of nodes, or an object that holds `steps`, or `nodes` and `start`.",
        "type": ["array", "object"],
        "if": {"type": "array"},
        "then": to("steps"),
        "else": {**closed("Body", BODY_MEANING, BODY_FIELDS), "allOf": [to("has_body")]},
    },
}
