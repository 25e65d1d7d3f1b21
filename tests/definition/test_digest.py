"""The canonical form is that of RFC 8785, whose own examples are the vectors here."""

import json
import struct
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definition.documents import document, errors, task
from treadle.definition.digest import canonical, digest, number_text
from treadle.definition.read import read_definition
from treadle.model.json import Json

NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]
"""IEEE 754 bits and the text that ECMAScript gives them (RFC 8785, appendix B)."""


@pytest.mark.parametrize(("bits", "text"), NUMBERS)
def test_a_double_is_written_as_the_rfc_writes_it(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert number_text(number) == text


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
def test_what_is_no_number_has_no_form(bits: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    with pytest.raises(ValueError, match="canonical"):
        canonical([number])


def test_the_example_of_the_rfc() -> None:
    written = (
        '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        r'"string": "\u20ac$\u000F\u000aA'
        r"'\u0042\u0022\u005c\\\"\/"
        '", "literals": [null, true, false]}'
    )
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(json.loads(written)) == expected


def test_keys_are_sorted_by_their_utf_16_code_units() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    tree = json.loads(canonical(dict.fromkeys(keys, 0)))
    assert list(tree) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ([], "[]"),
        ({"b": [], "a": {}}, '{"a":{},"b":[]}'),
        (1.0, "1"),
        (-0.0, "0"),
        (10**20, "100000000000000000000"),
        (2**53 + 1, "9007199254740993"),
        (-(2**63), "-9223372036854775808"),
        ("\x7f\x1f\b\f/", '"\x7f\\u001f\\b\\f/"'),
    ],
)
def test_a_value_has_its_form(value: Json, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (-1.5e300, "-1.5e+300"),
        (5e-324, "5e-324"),
        (0.1, "0.1"),
        (4.50, "4.5"),
        (100.0, "100"),
        (-1, "-1"),
        (2**53, "9007199254740992"),
        (float(2**53), "9007199254740992"),
        (True, "true"),
        (None, "null"),
    ],
)
def test_a_number_is_written_as_ecmascript_writes_it(value: Json, text: str) -> None:
    assert canonical(value) == text


SHORT_ESCAPES = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r"}


@pytest.mark.parametrize("code", range(0x20))
def test_a_control_character_is_escaped_as_briefly_as_can_be(code: int) -> None:
    escape = SHORT_ESCAPES.get(code, f"u{code:04x}")
    assert canonical(chr(code)) == f'"\\{escape}"'


def test_nothing_else_is_escaped_but_the_quote_and_the_backslash() -> None:
    assert canonical('"\\') == '"\\"\\\\"'
    rest = "".join(map(chr, [*range(0x20, 0x22), *range(0x23, 0x5C), *range(0x5D, 0x100)]))
    rest += "\u2028\u2029\ufeff\uffff\U0001f600"
    assert canonical(rest) == f'"{rest}"'


def test_keys_are_sorted_at_every_depth_and_lists_are_not() -> None:
    tree = {"b": [{"d": 1, "c": [3, 1, 2]}], "": 0, "a": {"z": 1, "aa": 2, "a": 3}}
    assert canonical(tree) == '{"":0,"a":{"a":3,"aa":2,"z":1},"b":[{"c":[3,1,2],"d":1}]}'


def test_text_is_not_normalized() -> None:
    assert digest({"a": "\u00e9"}) != digest({"a": "e\u0301"})


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (0, -0.0), (100, 1e2), ({"a": 1, "b": 2}, {"b": 2, "a": 1})]
)
def test_what_is_written_otherwise_and_means_the_same_number_or_object_has_one_digest(
    one: Json, other: Json
) -> None:
    assert digest([one]) == digest([other])


def test_integers_that_no_double_tells_apart_differ_in_their_digests() -> None:
    assert digest([2**53]) != digest([2**53 + 1])


def test_the_digest_is_sha_256_of_the_form() -> None:
    assert digest({"b": 1, "a": 2}) == "sha256:" + sha256(b'{"a":2,"b":1}').hexdigest()


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"a": {1, 2}}, b"x"])
def test_what_is_no_json_has_no_digest(value: Json) -> None:
    with pytest.raises(ValueError, match=r".+"):
        digest(value)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_double_reads_back_as_the_same(number: float) -> None:
    assert float(number_text(number)) == number


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON_VALUES)
def test_the_form_reads_back_as_the_value_whatever_the_order_of_its_keys(value: Json) -> None:
    assert json.loads(canonical(value)) == value
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_what_an_editor_is_told_is_no_part_of_a_document() -> None:
    tree = document(vars={"$schema": "a"})
    told = {"$schema": "https://treadle.example/v1/schemas/definition", **tree}
    assert digest(told) == digest(tree)
    assert digest(tree) != digest(document(vars={"$schema": "b"}))
    definition = read_definition(told)
    assert definition.digest == digest(tree)
    assert definition.document is told


def test_what_an_editor_is_told_stands_only_at_the_top_and_is_text() -> None:
    assert errors({"$schema": 1, **document()}) == [("/$schema", "wrong_type")]
    assert errors(document(task(**{"$schema": "a"}))) == [("/steps/0/$schema", "unknown_field")]
