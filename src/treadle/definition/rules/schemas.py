"""`input_schema` is a JSON Schema 2020-12 that refers to nothing outside; no word in a schema is a slip."""

from collections.abc import Iterator
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.rules.document import ReadDocument
from treadle.definition.schemas import schema_faults
from treadle.expressions.nearest import nearest, quoted
from treadle.expressions.pointers import joined
from treadle.model.json import Json

ONE: Final = frozenset(
    {
        *("additionalProperties", "unevaluatedProperties", "propertyNames", "items", "contains"),
        *("unevaluatedItems", "if", "then", "else", "not", "contentSchema"),
    }
)
"""Words under which a schema stands."""
LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
WORDS: Final = frozenset(
    {
        *ONE,
        *LISTS,
        *MAPS,
        *("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment", "$vocabulary"),
        *("type", "enum", "const", "format", "required", "dependentRequired", "pattern", "uniqueItems"),
        *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("multipleOf", "minItems", "maxItems", "minContains", "maxContains", "minProperties"),
        *("maxProperties", "title", "description", "default", "examples", "deprecated", "readOnly"),
        *("writeOnly", "contentEncoding", "contentMediaType", "dependencies"),
    }
)
SUGGESTIONS_MAX: Final = 50
"""Unknown words of one schema for which the nearest is looked for; the search is slow."""


def check_input_schema(document: ReadDocument, faults: Faults) -> None:
    """Look at the schema, if there is one."""
    tree = document.definition.document
    if isinstance(tree, dict) and "input_schema" in tree:
        for fault in schema_faults(tree["input_schema"], "/input_schema"):
            faults.add(fault)


def check_schema_words(document: ReadDocument, faults: Faults) -> None:
    """Warn of words that a schema may have, but that mean nothing and are like one that does."""
    tree = document.definition.document
    if isinstance(tree, dict):
        _check_words(tree.get("input_schema"), "/input_schema", faults)
    for node in document.nodes:
        if node.kind == "wait":
            _check_words(node.written.get("schema"), joined(node.pointer, "schema"), faults)


def _check_words(schema: Json, pointer: str, faults: Faults) -> None:
    looked = 0
    for at, inner in _schemas(schema, pointer):
        for word in inner:
            if word in WORDS or looked >= SUGGESTIONS_MAX:
                continue
            looked += 1
            near = nearest(word, WORDS)
            if near is not None:
                message = f"{quoted(word)} means nothing in a schema; did you mean `{near}`?"
                faults.warn(joined(at, word), "unknown_schema_word", message)


def _schemas(schema: Json, pointer: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every schema in a schema that is an object, with its pointer."""
    if not isinstance(schema, dict):
        return
    yield pointer, schema
    for word, value in schema.items():
        at = joined(pointer, word)
        if word in ONE:
            yield from _schemas(value, at)
        elif word in LISTS and isinstance(value, list):
            for index, member in enumerate(value):
                yield from _schemas(member, joined(at, index))
        elif word in MAPS and isinstance(value, dict):
            for name, member in value.items():
                yield from _schemas(member, joined(at, name))
