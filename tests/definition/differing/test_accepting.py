"""A schema that is said to take all that another takes does so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from msgspec import UNSET

from treadle.definition.differing.accepting import takes_all
from treadle.model.json import Json

OBJECT: Json = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (UNSET, UNSET),
        (UNSET, OBJECT),
        (True, OBJECT),
        (OBJECT, OBJECT),
        (OBJECT, dict(reversed(OBJECT.items()))),
        ({"type": "object"}, OBJECT),
        ({**OBJECT, "title": "Order", "description": "what is ordered"}, OBJECT),
        ({**OBJECT, "required": []}, OBJECT),
        (OBJECT, {**OBJECT, "properties": {"a": {"enum": ["x", "y"]}}}),
        (OBJECT, {**OBJECT, "required": ["a", "b"]}),
        ({"type": ["string", "null"]}, {"type": "string"}),
        ({"maximum": 10}, {"maximum": 5}),
        (OBJECT, False),
    ],
)
def test_a_wider_schema_takes_all(new: Json, old: Json) -> None:
    assert takes_all(new, old)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (OBJECT, UNSET),
        (OBJECT, True),
        (False, OBJECT),
        ({**OBJECT, "required": ["a", "b"]}, OBJECT),
        ({**OBJECT, "properties": {"a": {"type": "string", "maxLength": 3}}}, OBJECT),
        ({**OBJECT, "additionalProperties": False}, OBJECT),
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "integer"}, {"type": "number"}),
    ],
)
def test_a_narrower_schema_does_not(new: Json, old: Json) -> None:
    assert not takes_all(new, old)


@pytest.mark.parametrize("schema", [{"$ref": "http://elsewhere/x"}, {"type": "strin"}, {"pattern": "("}])
def test_what_cannot_be_told_is_not_taken_for_granted(schema: Json) -> None:
    assert not takes_all(schema, OBJECT)
    assert not takes_all(OBJECT, schema)


SCALARS = st.sampled_from([None, True, False, 0, 1, 2.5, -1, 10, "", "a", "ab", "abc"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
KEYWORDS: dict[str, st.SearchStrategy[Json]] = {
    "type": st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"])
    | st.lists(st.sampled_from(["object", "string", "integer", "null"]), min_size=1, unique=True),
    "enum": st.lists(SCALARS, min_size=1, max_size=4),
    "const": SCALARS,
    "minimum": st.integers(-2, 3),
    "exclusiveMaximum": st.integers(0, 11),
    "multipleOf": st.sampled_from([1, 2, 0.5]),
    "minLength": st.integers(0, 3),
    "maxLength": st.integers(0, 3),
    "pattern": st.sampled_from(["^a", "b$", "^a*$"]),
    "required": st.lists(st.sampled_from("abc"), unique=True),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "maxProperties": st.integers(0, 3),
}


def nested(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Keywords that hold schemas."""
    some = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            **KEYWORDS,
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
            "additionalProperties": inner,
            "items": inner,
            "contains": inner,
            "anyOf": some,
            "oneOf": some,
            "allOf": some,
            "not": inner,
            "if": inner,
            "then": inner,
        },
    )


SCHEMAS = st.recursive(st.booleans() | st.fixed_dictionaries({}, optional=KEYWORDS), nested, max_leaves=4)


@settings(deadline=None, max_examples=80)
@given(SCHEMAS, SCHEMAS, st.lists(VALUES, max_size=20))
def test_whatever_the_schemas_say(new: Json, old: Json, values: list[Json]) -> None:
    for wide in (new, {"anyOf": [new, old]}):
        if takes_all(wide, old):
            narrow, wider = Draft202012Validator(old), Draft202012Validator(wide)
            assert all(wider.is_valid(value) for value in values if narrow.is_valid(value))
