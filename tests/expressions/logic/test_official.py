"""The official cases of JSON Logic: as the library gives their values, and as conditions of a document."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.jsonlogic import compile_logic
from treadle.expressions.places import CONDITION
from treadle.model.json import Json

OFFICIAL: Final = Path(__file__).with_name("official.json")
CASES: Final = [case for case in json.loads(OFFICIAL.read_text("utf-8")) if isinstance(case, list)]
ITERATING: Final = frozenset({"map", "filter", "reduce", "all", "some", "none"})
LISTING: Final = frozenset({"missing", "missing_some"})

NO_CONDITIONS: Final = {
    "wrong_type": (
        8,
        "the rule is no object: as a condition it would always come to the same, and text is CEL",
    ),
    "computed_path": (
        3,
        "what it reads is known only when it runs: it could be neither checked nor fed",
    ),
}
"""Fault of `compile_condition`: how many cases have it, and why it is one. No value is another here."""


def named(case: list[Json]) -> str:
    return json.dumps(case[0])[:60]


def same(one: Json, other: Json) -> bool:
    """Equal as JSON: `true` is not 1, and 1 is 1.0 as JSON has only numbers."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return (type(one) is type(other) and one == other) or _are_equal_numbers(one, other)


def _are_equal_numbers(one: Json, other: Json) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one == other


def is_true(value: Json) -> bool:
    """What counts as true, as the standard lists it."""
    return value not in (None, "", []) and not (isinstance(value, int | float) and value == 0)


def rooted(rule: Json, *, is_inside: bool = False) -> Json:
    """The rule with everything it reads from its data read from `input`; an item is read as it is."""
    if isinstance(rule, list):
        return [rooted(part, is_inside=is_inside) for part in rule]
    if not isinstance(rule, dict) or is_inside:
        return rule
    ((operator, given),) = rule.items()
    if operator == "var":
        return {"var": rooted_read(given)}
    if operator in LISTING:
        return {operator: rooted_names(given)}
    if operator in ITERATING:
        source, body, *start = given
        return {operator: [rooted(source), body, *(rooted(one) for one in start)]}
    return {operator: rooted(given)}


def rooted_read(given: Json) -> Json:
    if isinstance(given, list):
        return [rooted_read(given[0]), *(rooted(one) for one in given[1:])] if given else "input"
    if isinstance(given, dict):
        return rooted(given)
    return "input" if given in (None, "") else f"input.{given}"


def rooted_names(given: Json) -> Json:
    if isinstance(given, list):
        return [rooted_names(one) for one in given]
    return f"input.{given}" if isinstance(given, str) else rooted(given) if isinstance(given, dict) else given


def rooted_case(case: list[Json]) -> tuple[Json, Json, Json]:
    """The rule over `input`, the input, and the value."""
    rule, data, value = case
    is_listing = isinstance(rule, dict) and bool(rule.keys() & LISTING)
    return rooted(rule), data, rooted_names(value) if is_listing else value


def fault_of(rule: Json) -> str | None:
    """The code with which a condition is refused."""
    try:
        compile_condition(rule, CONDITION)
    except InvalidExpression as error:
        return error.faults[0].code
    return None


CONDITIONS: Final = [case for case in map(rooted_case, CASES) if isinstance(case[0], dict)]
TAKEN: Final = [case for case in CONDITIONS if fault_of(case[0]) is None]


def test_these_are_all_of_them() -> None:
    assert len(CASES) == 278


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_rule_has_the_value_that_the_standard_gives(case: list[Json]) -> None:
    rule, data, value = case
    found = compile_logic(rule, "").value(data)
    assert same(found, value), found


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_rule_counts_as_true_when_its_value_does(case: list[Json]) -> None:
    rule, data, value = case
    assert compile_logic(rule, "").is_true(data) is is_true(value)


@pytest.mark.parametrize("case", TAKEN, ids=named)
def test_a_condition_over_the_input_counts_as_the_standard_says(case: tuple[Json, Json, Json]) -> None:
    rule, data, value = case
    roots = FakeRoots(input=data)
    assert compile_condition(rule, CONDITION)(roots) is is_true(value)
    assert compile_condition({"===": [rule, value]}, CONDITION)(roots) is True


def test_what_is_no_condition_is_refused_for_a_reason() -> None:
    rules = [rooted_case(case)[0] for case in CASES]
    found: dict[str, int] = {}
    for rule in rules:
        code = "wrong_type" if isinstance(rule, str) else fault_of(rule)
        if code is not None:
            found[code] = found.get(code, 0) + 1
    assert found == {code: count for code, (count, _) in NO_CONDITIONS.items()}
    assert len(TAKEN) + sum(found.values()) == len(CASES)


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        (False, False),
        (None, False),
        (0, False),
        (-0.0, False),
        ("", False),
        ([], False),
        (True, True),
        (1, True),
        (-1, True),
        (0.5, True),
        ("0", True),
        ("false", True),
        ([0], True),
        ([[]], True),
        ({"a": 0}, True),
        # Of an empty object the standard says nothing; it counts as an empty list does.
        ({}, False),
    ],
)
def test_truthiness_is_that_of_the_standard(value: Json, counts: bool) -> None:
    condition = compile_condition({"var": "input"}, CONDITION)
    assert condition(FakeRoots(input=value)) is counts


def test_what_is_missing_is_null_or_its_own_default() -> None:
    roots = FakeRoots(input={})
    assert compile_condition({"===": [{"var": "input.a.b"}, None]}, CONDITION)(roots) is True
    assert compile_condition({"===": [{"var": ["input.a.b", 7]}, 7]}, CONDITION)(roots) is True
    assert compile_condition({"===": [{"var": ["input.a.0", [1]]}, [1]]}, CONDITION)(roots) is True
