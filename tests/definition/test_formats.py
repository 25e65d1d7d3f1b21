"""Bytes become a tree as written, and what is hostile is refused with its line and column."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.definition.formats import parse_document
from treadle.definition.formats.json import JSON_BYTES_MAX
from treadle.definition.formats.yaml import YAML_BYTES_MAX
from treadle.definition.read import check
from treadle.model.errors import Rejected
from treadle.model.json import Json

YAML = b"""
# a comment
name: checkout
version: "1"
flag: yes
on: off
none:
tilde: ~
truth: true
ints: [0, -1, +7, 0o17, 0x1F, 012]
floats: [1.5, -.5, 1e3, 1.]
texts: ['1', "1", 1_000, 0b1, 2026-03-01, 12:30, =, 1.2.3, 0x, nullish]
block: |
  two
  lines
folded: >-
  one
  line
nested: {a: [1, {b: c}], "quoted key": 'it''s'}
escape: "\\u00e9\\t"
"""


def test_yaml_is_read_by_the_core_schema_of_1_2() -> None:
    assert parse_document(YAML, "yaml") == {
        "name": "checkout",
        "version": "1",
        "flag": "yes",
        "on": "off",
        "none": None,
        "tilde": None,
        "truth": True,
        "ints": [0, -1, 7, 15, 31, 12],
        "floats": [1.5, -0.5, 1000.0, 1.0],
        "texts": ["1", "1", "1_000", "0b1", "2026-03-01", "12:30", "=", "1.2.3", "0x", "nullish"],
        "block": "two\nlines\n",
        "folded": "one line",
        "nested": {"a": [1, {"b": "c"}], "quoted key": "it's"},
        "escape": "é\t",
    }


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"---\n...\n"])
def test_an_empty_yaml_document_is_null(data: bytes) -> None:
    assert parse_document(data, "yaml") is None


def test_a_directive_of_version_1_2_is_read() -> None:
    assert parse_document(b"%YAML 1.2\n---\na: no\n", "yaml") == {"a": "no"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_passed_over(encoding: str) -> None:
    data = '{"ä": 1}'.encode(encoding)
    assert parse_document(data, "json") == parse_document(data, "yaml") == {"ä": 1}


def test_json_keeps_the_types_of_its_numbers() -> None:
    tree = parse_document(b'[1, 1.0, 1e2, -0, 9223372036854775807, "\\u00e9"]', "json")
    assert tree == [1, 1.0, 100.0, 0, 2**63 - 1, "é"]
    assert [type(value) for value in tree[:3]] == [int, float, float]


REFUSED: dict[str, list[tuple[bytes, int, int]]] = {
    "json": [
        (b"", 1, 1),
        (b"{", 1, 2),
        (b'{"a": 1,2}', 1, 9),
        (b'{"a": 1}\n x', 2, 2),
        (b'{"a": "\n"}', 1, 8),
        (b'{\n "a": 1,\n "a": 2}', 3, 2),
        (b'{"b": {"a": 1}, "\\u0062": 2}', 1, 17),
        (b'[{"a": 1}, {"a": 1, "a": 1}]', 1, 21),
        (b'{"a": NaN}', 1, 7),
        (b'{"a": -Infinity}', 1, 7),
        (b'{"a": 1e999}', 1, 7),
        (b'{"a": 9223372036854775808}', 1, 7),
        (b"[" + b"9" * 10_000 + b"]", 1, 2),
        (b"[" * 100_000, 1, 65),
        (b"[" * 65 + b"]" * 65, 1, 65),
        (b'{"a":' * 100_000, 1, 321),
        (b'["' + b'\\"' * 100_000, 1, 2),
        (b'{"a": "\xff"}', 1, 8),
        (b"{'a': 1}", 1, 2),
        (b'{"\\q": 1}', 1, 3),
        (b"[1.2.3]", 1, 5),
        (b"\xff\xfe{\x00}\x00", 1, 1),
    ],
    "yaml": [
        (b"a: [1", 1, 6),
        (b"a: 1\na: 2", 2, 1),
        (b"a: {b: 1, b: 2}", 1, 11),
        (b"a: &x [1]\nb: *x", 1, 4),
        (b"a: *x", 1, 4),
        (b"&x a: 1", 1, 1),
        (b"a: !!python/object/apply:os.system [ls]", 1, 4),
        (b"a: !x 1", 1, 4),
        (b"a: !!str 1", 1, 4),
        (b"1: a", 1, 1),
        (b"true: a", 1, 1),
        (b"~: a", 1, 1),
        (b"? [a]\n: b", 1, 3),
        (b"l:\n- x: 1\n- {2: b}", 3, 4),
        (b"l: [1, [2, *x]]", 1, 12),
        (b"a: 1\n---\nb: 2", 2, 1),
        (b"%YAML 1.1\n---\na: 1", 2, 1),
        (b"%TAG ! tag:x,2000:\n---\na: 1", 2, 1),
        (b"a: .nan", 1, 4),
        (b"a: -.inf", 1, 4),
        (b"a: 1e999", 1, 4),
        (b"a: 9223372036854775808", 1, 4),
        (b"a: 0x" + b"f" * 10_000, 1, 4),
        (b"[" * 100_000, 1, 65),
        (b"- " * 100_000, 1, 129),
        (b"{a: " * 60_000, 1, 257),
        (b'a: "\\ud800"', 1, 4),
        (b'a: "\\UFFFFFFFF"', 1, 1),
        (b"a:\n\t- b", 2, 1),
        (b"a: \x01", 1, 4),
        (b"a: \xff", 1, 4),
        (b"a: b: c", 1, 5),
    ],
}
MALFORMED = "malformed_document"
POINTERS: dict[bytes, str] = {
    b"a: 1\na: 2": "/a",
    b"a: {b: 1, b: 2}": "/a/b",
    b"a: &x [1]\nb: *x": "/a",
    b"a: *x": "/a",
    b"a: !!python/object/apply:os.system [ls]": "/a",
    b"a: !x 1": "/a",
    b"a: !!str 1": "/a",
    b"l:\n- x: 1\n- {2: b}": "/l/1",
    b"l: [1, [2, *x]]": "/l/1/1",
    b"a: .nan": "/a",
    b"a: -.inf": "/a",
    b"a: 1e999": "/a",
    b"a: 9223372036854775808": "/a",
    b"a: 0x" + b"f" * 10_000: "/a",
    b"[" * 100_000: "/0" * 64,
    b"- " * 100_000: "/0" * 64,
    b"{a: " * 60_000: "/a" * 64,
    b'a: "\\ud800"': "/a",
}


@pytest.mark.parametrize(
    ("kind", "data", "line", "column"),
    [(kind, *refused) for kind, rows in REFUSED.items() for refused in rows],
    ids=[f"{kind}-{index}" for kind, rows in REFUSED.items() for index in range(len(rows))],
)
def test_what_is_hostile_or_wrong_is_refused_with_its_place(
    kind: str, data: bytes, line: int, column: int
) -> None:
    with pytest.raises(Rejected) as caught:
        parse_document(data, "json" if kind == "json" else "yaml")
    assert caught.value.code == "malformed_request"
    (fault,) = caught.value.errors
    assert (fault.pointer, fault.code) == (POINTERS.get(data, "") if kind == "yaml" else "", MALFORMED)
    assert (fault.line, fault.column) == (line, column)
    assert f"(line {line}, column {column})" in fault.message
    assert len(fault.message) < 400


def test_a_document_has_a_bound_in_bytes() -> None:
    with pytest.raises(Rejected) as caught:
        parse_document(b" " * (YAML_BYTES_MAX + 1), "yaml")
    assert caught.value.code == "too_large"
    with pytest.raises(Rejected) as caught:
        parse_document(b" " * (JSON_BYTES_MAX + 1), "json")
    assert caught.value.code == "too_large"
    assert parse_document(b" " * (YAML_BYTES_MAX - 1) + b"1", "json") == 1


def test_values_may_be_nested_64_deep() -> None:
    text = b"[" * 64 + b"]" * 64
    assert parse_document(text, "json") == parse_document(text, "yaml")


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert parse_document(b"<<: {a: 1}", "yaml") == {"<<": {"a": 1}}


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_tree_or_refused(data: bytes) -> None:
    for kind in ("json", "yaml"):
        with contextlib.suppress(Rejected):
            check(parse_document(data, "json" if kind == "json" else "yaml"))


PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(TREES)
def test_both_formats_read_json_alike(tree: Json) -> None:
    assert parse_document(json.dumps(tree).encode(), "json") == tree
    data = json.dumps(tree, ensure_ascii=False).encode()
    assert parse_document(data, "json") == parse_document(data, "yaml") == tree
