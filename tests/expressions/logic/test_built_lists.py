"""What rules build themselves: lists of lists that grow are refused, what people write is not."""

import pytest

from treadle.expressions.built_lists import BuiltLists
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.jsonlogic import LIGHT_BYTES, OPERATIONS_MAX, LogicError, compile_logic
from treadle.expressions.weighing import KEY_WEIGHT, is_deeper, largest
from treadle.model.json import Json

ITEMS: Json = {"var": "items"}
TOTAL: Json = {"var": "accumulator"}
QUANTITY: Json = {"var": "current.quantity"}
DATA: Json = {"items": [{"quantity": 2, "tags": ["a", "b"]}, {"quantity": 3, "tags": []}], "name": "n"}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"reduce": [ITEMS, {"+": [TOTAL, QUANTITY]}, 0]}, 5),
        ({"reduce": [ITEMS, {"and": [TOTAL, {">": [QUANTITY, 1]}]}, True]}, True),
        ({"reduce": [ITEMS, {"merge": [TOTAL, {"var": "current.tags"}]}, []]}, ["a", "b"]),
        ({"reduce": [ITEMS, {"merge": [TOTAL, [QUANTITY]]}, []]}, [2, 3]),
        ({"reduce": [ITEMS, {"if": [{">": [QUANTITY, 2]}, {"merge": [TOTAL, QUANTITY]}, TOTAL]}, []]}, [3]),
        ({"reduce": [ITEMS, {"cat": [TOTAL, QUANTITY, ","]}, ""]}, "2,3,"),
        ({"substr": [{"reduce": [ITEMS, {"cat": [TOTAL, QUANTITY]}, ""]}, 1]}, "3"),
        ({"cat": {"map": [ITEMS, {"var": "quantity"}]}}, "23"),
        ({"cat": [{"var": "name"}, ["a", {"var": "name"}]]}, "nan"),
        ({"cat": [{"missing": ["a", "b"]}]}, "ab"),
        ({"map": [ITEMS, [{"var": "quantity"}, 1]]}, [[2, 1], [3, 1]]),
        ({"in": [{"var": "name"}, [{"var": "name"}, "x"]]}, True),
        ({"max": {"map": [ITEMS, {"var": "quantity"}]}}, 3),
        ({"filter": [ITEMS, {"in": ["a", {"var": "tags"}]}]}, [{"quantity": 2, "tags": ["a", "b"]}]),
        ({"merge": [[[1]], {"map": [ITEMS, {"var": "tags"}]}]}, [[1], ["a", "b"], []]),
    ],
)
def test_what_people_write_is_taken(rule: Json, value: Json) -> None:
    assert compile_logic(rule, "").value(DATA) == value


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"reduce": [ITEMS, [TOTAL, TOTAL], 1]}, "/when/reduce"),
        ({"!": {"reduce": [ITEMS, {"merge": [TOTAL, [[QUANTITY]]]}, []]}}, "/when/!/reduce"),
        ({"and": [1, {"cat": {"map": [ITEMS, [1, {"var": "quantity"}]]}}]}, "/when/and/1/cat"),
        ({"substr": [[{"var": "name"}], 1]}, "/when/substr"),
        ({"a/b": [{"substr": [[{"var": "name"}], 1]}]}, "/when"),
    ],
)
def test_what_grows_is_refused_at_its_place(rule: Json, pointer: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_logic(rule, "/when")
    assert caught.value.faults[0].pointer == pointer


def test_a_list_that_is_written_out_is_as_good_as_data() -> None:
    assert BuiltLists([[[1]]]).depth == 0
    assert BuiltLists([[[{"var": "a"}]]]).depth == 3


def test_how_often_long_texts_are_looked_at_is_bounded_by_their_length() -> None:
    many = OPERATIONS_MAX // 5
    looked_at = {"filter": [{"var": "items"}, {"===": [{"val": [[2], "text"]}, {"var": ""}]}]}
    logic = compile_logic(looked_at, "")
    assert logic.is_true({"items": [1] * many, "text": "x"}) is False
    with pytest.raises(LogicError, match="operations"):
        logic.is_true({"items": [1] * many, "text": "x" * 2 * LIGHT_BYTES})


def test_the_largest_thing_in_a_value_is_a_text_or_an_object() -> None:
    assert largest({"a": "x" * 100, "b": ["y" * 50]}, 10) == 100
    assert largest([{str(key): 1 for key in range(1_000)}], 10) == 1_000 * KEY_WEIGHT
    assert largest(["x" * 9], 100) <= 100
    assert largest([b"what is no JSON", 2**70], 1) == 0


def test_depth_counts_lists_and_objects() -> None:
    assert not is_deeper([[1]], 2)
    assert is_deeper([[[]]], 2)
    assert not is_deeper(1, 0)
