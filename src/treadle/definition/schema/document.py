"""The whole schema: the document, and the definitions it is made of."""

from collections.abc import Mapping
from typing import Final

import msgspec

from treadle.definition.digest import SCHEMA_COMMENT
from treadle.definition.document import PRIORITY_MAX
from treadle.definition.schema.activities import ACTIVITY_DEFINITIONS, POLICIES
from treadle.definition.schema.bodies import BODY_DEFINITIONS, BODY_FIELDS
from treadle.definition.schema.branches import BRANCH_DEFINITIONS
from treadle.definition.schema.examples import DOCUMENT_EXAMPLES
from treadle.definition.schema.nodes import node_definitions
from treadle.definition.schema.shapes import Field, closed, field, integer, to
from treadle.definition.schema.values import DURATION, NAMED, SCHEMA, TEMPLATE, TEXT, VALUE_DEFINITIONS
from treadle.definition.schemas import DIALECT
from treadle.model.json import Json

MEANING: Final = (
    "A definition in the language of Treadle; documents in the format of Trama have another form. What this "
    "schema refuses is refused when the document is read; what it accepts is still looked at as a whole."
)
DOCUMENT: Final[Mapping[str, Field]] = {
    SCHEMA_COMMENT: field("For editors: where this schema is. The digest leaves it out.", TEXT),
    "name": field("What the definition is called; together with `version` it is unique.", NAMED),
    "version": field("A document is never changed: another one has another version.", NAMED, examples=["1"]),
    "description": field("What it is for.", TEXT),
    "labels": field("Words to find it by.", {"type": "object", "additionalProperties": TEXT}),
    "input_schema": field("What an input has to be; another is refused before anything is stored.", SCHEMA),
    "defaults": field("What holds for every node that says nothing else.", to("defaults")),
    **BODY_FIELDS,
    "output": field("The output; without it, that of the last node of the root that was entered.", TEMPLATE),
    "deadline": field("How long an execution may take before it is cancelled, undone and failed.", DURATION),
    "priority": field("What is higher goes first.", integer(-PRIORITY_MAX, PRIORITY_MAX), default=0),
    "vars": field("The first values of the variables, as they are written.", {"type": "object"}),
    "on_success": field("The last activity of a run that completes.", to("hook")),
    "on_failure": field("The last activity of a run that fails, after all is undone.", to("hook")),
    "on_cancel": field("The last activity of a run that is cancelled, after all is undone.", to("hook")),
}


def document_schema() -> Json:
    """The JSON Schema (2020-12) of a native document; a new value at each call."""
    return {
        "$schema": DIALECT,
        **closed("Treadle definition", MEANING, DOCUMENT, ["name", "version"]),
        "allOf": [to("has_body")],
        "examples": list(DOCUMENT_EXAMPLES),
        "$defs": {
            **VALUE_DEFINITIONS,
            "defaults": closed(
                "Defaults", "What holds for every node that does not say otherwise.", POLICIES
            ),
            **ACTIVITY_DEFINITIONS,
            **BODY_DEFINITIONS,
            **BRANCH_DEFINITIONS,
            **node_definitions(),
        },
    }


def schema_text() -> str:
    """The schema as it is published in a file."""
    return msgspec.json.format(msgspec.json.encode(document_schema()), indent=2).decode() + "\n"
