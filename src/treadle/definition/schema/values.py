"""Schemas of single values: names, durations, conditions, templates."""

import re
from typing import Final

from treadle.definition.durations import ISO, SHORT
from treadle.definition.instants import RFC_3339
from treadle.definition.kinds.child import DEFINITION
from treadle.definition.schema.shapes import to
from treadle.definition.schemas import DIALECT
from treadle.model.ids import NAME, NODE_ID
from treadle.model.json import Json

TEXT: Final[dict[str, Json]] = {"type": "string"}
FILLED: Final[dict[str, Json]] = {"type": "string", "minLength": 1}
ANY: Final[dict[str, Json]] = {}
FLAG: Final[dict[str, Json]] = {"type": "boolean"}
DURATION: Final = to("duration")
NODE: Final = to("node_id")
NAMED: Final = to("name")
CONDITION: Final = to("condition")
TEMPLATE: Final = to("template")
TEXT_TEMPLATE: Final = to("text_template")
SCHEMA: Final = to("json_schema")
BODY: Final = to("body")
TEMPLATED: Final[dict[str, Json]] = {"pattern": r"\{\{"}
"""Text that has a template in it: what it becomes is not known before it runs."""


def whole(*forms: re.Pattern[str]) -> str:
    """The pattern of a text that is as a whole of one of the forms."""
    return f"^(?:{'|'.join(form.pattern for form in forms)})$"


def in_any_case(word: str) -> str:
    """The pattern of a word of ASCII letters in capitals, in small letters or in both."""
    return "".join(f"[{letter.lower()}{letter.upper()}]" for letter in word)


def written_or_templated(form: str) -> dict[str, Json]:
    """Text of one form, or with a template in it."""
    return {"type": "string", "anyOf": [{"pattern": form}, TEMPLATED]}


VALUE_DEFINITIONS: Final[dict[str, Json]] = {
    "duration": {
        "title": "Duration",
        "description": "`200ms`, `10s`, `15m`, `2h`, `3d`, or ISO 8601 without years and months.",
        "type": "string",
        "pattern": whole(SHORT, ISO),
        "examples": ["200ms", "10s", "15m", "2h", "3d", "PT1M30S"],
    },
    "node_id": {
        "title": "Node id",
        "description": "Unique in the document, nested bodies included.",
        "type": "string",
        "pattern": whole(NODE_ID),
    },
    "name": {"title": "Name", "type": "string", "pattern": whole(NAME)},
    "definition_reference": {
        "title": "Reference to a definition",
        "description": "`name` for the version stored last, or `name@version`.",
        "type": "string",
        "pattern": whole(DEFINITION),
        "examples": ["invoice", "invoice@2"],
    },
    "condition": {
        "title": "Condition",
        "description": "JSON Logic, an object with one operator that counts by its truthiness; or CEL, text "
        "that gives a boolean.",
        "type": ["object", "string"],
        "minProperties": 1,
        "maxProperties": 1,
        "examples": [{"==": [{"var": "input.method"}, "pix"]}, 'input.method == "pix"'],
    },
    "template": {
        "title": "Template",
        "description": "Any value; in its texts `{{ expression }}` is replaced. A text that is exactly one "
        "expression keeps the type of what that gives.",
        "examples": ["{{ input.order.id }}", {"order": "{{ input.order.id }}", "by": "treadle"}],
    },
    "text_template": {
        "title": "Text with templates",
        "description": "Text, in which `{{ expression }}` is replaced.",
        "type": "string",
        "examples": ["{{ input.order.id }}", "order {{ input.order.id }} is refused"],
    },
    "moment_duration": {
        "title": "Duration or template",
        **written_or_templated(whole(SHORT, ISO)),
        "examples": ["15m", "{{ input.delay }}"],
    },
    "moment_instant": {
        "title": "Instant or template",
        **written_or_templated(whole(RFC_3339)),
        "examples": ["2026-03-01T09:30:00Z", "{{ input.at }}"],
    },
    "json_schema": {
        "title": "JSON Schema 2020-12",
        "description": "It may refer to nothing outside itself.",
        "$ref": DIALECT,
    },
}
