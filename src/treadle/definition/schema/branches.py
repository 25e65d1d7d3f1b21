"""Branches, cases, clauses, signals: what stands in the lists and maps of nodes."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.bounds import DEFAULT_BOUNDS
from treadle.definition.kinds.end import CODE_DEFAULT
from treadle.definition.kinds.split import WEIGHT_MAX
from treadle.definition.kinds.try_ import CAUGHT
from treadle.definition.schema.bodies import BODY_FIELDS
from treadle.definition.schema.shapes import Field, closed, excludes, field, number, to, words
from treadle.definition.schema.values import CONDITION, NAMED, NODE, TEXT, TEXT_TEMPLATE
from treadle.model.json import Json

CASE: Final[Mapping[str, Field]] = {
    "when": field("The condition under which the case is taken.", CONDITION),
    "name": field("What the output calls the case; without it, its index.", TEXT),
    "next": field("The node to go on with, in a graph.", NODE),
}
CATCH: Final[Mapping[str, Field]] = {
    "on": field(
        "The kinds of failure that are caught; without it, every kind.",
        {"type": "array", "minItems": 1, "items": words(CAUGHT)},
    ),
}
WEIGHTED: Final[Mapping[str, Field]] = {
    "weight": field("How often the branch is taken beside the others.", number(0, WEIGHT_MAX)),
}
ERROR: Final[Mapping[str, Field]] = {
    "code": field("The code of the failure.", NODE, default=CODE_DEFAULT),
    "message": field("What people read.", TEXT_TEMPLATE),
}
SIGNAL: Final[Mapping[str, Field]] = {"signal": field("The name of a signal.", NAMED)}


def branches(one: Mapping[str, Json]) -> dict[str, Json]:
    """A map of branches by their names, each of which is `one`."""
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": DEFAULT_BOUNDS.branches,
        "propertyNames": NAMED,
        "additionalProperties": one,
    }


def _with_body(
    title: str, meaning: str, fields: Mapping[str, Field], body: str, *required: str
) -> dict[str, Json]:
    return {**closed(title, meaning, {**fields, **BODY_FIELDS}, required), "allOf": [to(body)]}


BRANCH_DEFINITIONS: Final[dict[str, Json]] = {
    "case": {
        **_with_body("Case", "A condition with a body or a way to go on.", CASE, "may_have_body", "when"),
        **excludes("next", "steps", "nodes"),
    },
    "catch": _with_body("Clause", "What is done for some kinds of failure.", CATCH, "has_body"),
    "weighted_branch": _with_body("Branch", "A body with its weight.", WEIGHTED, "has_body", "weight"),
    "error": closed("Error", "The failure that a failed end is.", ERROR),
    "signals": {
        "title": "Signals",
        "type": "array",
        "minItems": 1,
        "maxItems": DEFAULT_BOUNDS.branches,
        "items": closed("Signal", "One that is waited for.", SIGNAL, ["signal"]),
    },
}
