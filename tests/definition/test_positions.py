"""Faults say in which line and column of the text their cause stands."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.definition.formats.lines import Lines, Position
from treadle.definition.formats.sources import Source, placed, read_source
from treadle.definition.read import check
from treadle.expressions.pointers import joined
from treadle.model.errors import Fault, Rejected
from treadle.model.json import Json

YAML = """\
# the first line is a comment
name: d
version: "1"
labels: {a: 1, "ü/~": 2}
steps:
  - id: a
    kind: tsk
  -   kind: task
      http:
        url: ftp://x
        headers: {"Content-Length": "3"}
      nope: 1
  - id: b
    kind: parallel
    branches:
      "a b":
        - {id: c, kind: task, handler: h, when: {var: nodes.z.output}}
output: |
  two {{ lines }}
"""
PLACES = [
    ("/steps/0/kind", "unknown_kind", 7, 11),
    ("/steps/1/nope", "unknown_field", 12, 7),
    ("/steps/1", "missing_field", 8, 7),
    ("/steps/1/http/url", "invalid_url", 10, 14),
    ("/steps/1/http/headers/Content-Length", "invalid_header", 11, 19),
    ("/steps/2/branches/a b", "invalid_name", 16, 7),
    ("/output", "unknown_root", 18, 9),
    ("/labels/a", "wrong_type", 4, 13),
    ("/labels/ü~1~0", "wrong_type", 4, 23),
    ("/steps/2/branches/a b/0/when", "unknown_node", 17, 49),
]


def at(source: Source, pointer: str, code: str = "") -> tuple[int, int]:
    position = source.positions.at(pointer, code)
    return position.line, position.column


def test_faults_of_yaml_have_the_place_of_their_cause() -> None:
    source = read_source(YAML.encode(), "yaml")
    found = placed(check(source.tree).errors, source.positions)
    assert sorted((f.pointer, f.code, f.line, f.column) for f in found) == sorted(PLACES)


def test_faults_of_json_have_the_place_of_their_cause() -> None:
    tree = read_source(YAML.encode(), "yaml").tree
    text = json.dumps(tree, indent=1, ensure_ascii=False)
    source = read_source(text.encode(), "json")
    for fault in placed(check(source.tree).errors, source.positions):
        assert fault.line is not None
        assert fault.column is not None
        rest = text.split("\n")[fault.line - 1][fault.column - 1 :]
        name = fault.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        is_about_key = fault.code in {"unknown_field", "invalid_header", "invalid_name"}
        assert rest.startswith(f'"{name}"') is is_about_key


@pytest.mark.parametrize("media", ["json", "application/json"])
def test_json_is_read_by_its_name_or_its_media_type(media: str) -> None:
    assert read_source(b'{"a": 1}', media).tree == {"a": 1}


@pytest.mark.parametrize("media", ["yaml", "application/yaml", "application/x-yaml", "text/yaml"])
def test_yaml_is_read_by_its_name_or_its_media_type(media: str) -> None:
    assert read_source(b"a: 1", media).tree == {"a": 1}


def test_another_media_type_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        read_source(b"", "text/toml")
    assert caught.value.code == "unsupported_media_type"


@pytest.mark.parametrize(
    ("data", "pointer", "place"),
    [
        (b"a:\r\n  b: 1\r\n  c: 2\r\n", "/c", (1, 1)),
        (b"a:\r\n  b: 1\r\n  c: 2\r\n", "/a/c", (3, 6)),
        (b"a:\r  b: 1\r  c: 2\r", "/a/c", (3, 6)),
        (b"\xef\xbb\xbfa: 1", "/a", (1, 4)),
        ("ä: {'\U0001f600\U0001f600': 1}".encode(), "/ä/\U0001f600\U0001f600", (1, 11)),
        (b"a: [1, [2, 3]]", "/a/1/1", (1, 12)),
        (b"a: [1, [2, 3]]", "/a/1/7", (1, 8)),
        (b"a: [1, [2, 3]]", "/a/x/y", (1, 4)),
        (b"x: 1\na:\nb:\n", "/a", (2, 1)),
        (b"x: 1\na:\nb:\n", "/b", (3, 1)),
        (b"-\n- 1\n", "/0", (1, 2)),
        (b"a: >-\n  folded\n  text\nb: 'x\n  y'\nc: 1", "/c", (6, 4)),
        (b"- - 1\n  - 2\n", "/0/1", (2, 5)),
        (b"? a\n: b\n", "/a", (2, 3)),
        (b"# only this\n", "/a", (1, 1)),
        (b"---\na: 1\n...\n", "/a", (2, 4)),
        (b"a: 1\n", "", (1, 1)),
    ],
)
def test_every_kind_of_line_and_character_is_counted(
    data: bytes, pointer: str, place: tuple[int, int]
) -> None:
    assert at(read_source(data, "yaml"), pointer) == place


@pytest.mark.parametrize(
    ("data", "pointer", "place"),
    [
        (b'{\r\n"a": [true, null, -1.5e3, "x\\"[{", {}],\r\n "b": false}', "/b", (3, 7)),
        (b'{"a": [true, null, -1.5e3, "x\\"[{", {}]}', "/a/4", (1, 37)),
        (b'{"a": [true, null, -1.5e3, "x\\"[{", {}]}', "/a/2", (1, 20)),
        ('\ufeff{"ä": "\U0001f600", "b": 1}'.encode(), "/b", (1, 17)),
        (b"  17", "", (1, 3)),
    ],
)
def test_places_in_json_are_those_of_the_text(data: bytes, pointer: str, place: tuple[int, int]) -> None:
    assert at(read_source(data, "json"), pointer) == place


def test_a_fault_about_a_field_has_the_place_of_its_key() -> None:
    source = read_source(b"a: {b: 1}\nc: [1]\n", "yaml")
    assert at(source, "/a/b", "unknown_field") == (1, 5)
    assert at(source, "/a/b", "wrong_type") == (1, 8)
    assert at(source, "/c/0", "unknown_field") == (2, 5)
    assert at(source, "/a/b/nothing", "unknown_field") == (1, 8)


def test_a_name_that_holds_a_body_is_the_key() -> None:
    source = read_source(b"a b: [1]\nname: 1\n", "yaml")
    assert at(source, "/a b", "invalid_name") == (1, 1)
    assert at(source, "/name", "invalid_name") == (2, 7)


def test_what_has_its_place_already_keeps_it() -> None:
    source = read_source(b"a: 1", "yaml")
    fault = Fault(pointer="/a", code="x", message="y", line=7, column=8)
    assert placed([fault], source.positions) == (fault,)


def test_the_text_ends_where_its_last_line_ends() -> None:
    lines = Lines("ab\n")
    assert lines.position(1) == Position(line=1, column=2)
    assert lines.position(3) == Position(line=2, column=1)


PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=8)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=20,
)


def pointers(tree: Json, pointer: str = "") -> list[tuple[str, Json]]:
    found = [(pointer, tree)]
    members = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in members:
        found += pointers(value, joined(pointer, key))
    return found


@settings(deadline=None)
@given(TREES.filter(lambda tree: "Infinity" not in json.dumps(tree)), st.sampled_from([None, 1]))
def test_at_the_place_of_each_value_stands_the_value(tree: Json, indent: int | None) -> None:
    text = json.dumps(tree, ensure_ascii=False, indent=indent)
    lines = text.split("\n")
    for media in ("json", "yaml"):
        source = read_source(text.encode(), media)
        for pointer, value in pointers(source.tree):
            line, column = at(source, pointer)
            rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
            assert rest.startswith(json.dumps(value, ensure_ascii=False, indent=indent)[:1])
            if not isinstance(value, dict | list | float):
                assert rest.startswith(json.dumps(value, ensure_ascii=False))
