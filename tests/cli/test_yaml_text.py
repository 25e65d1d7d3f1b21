"""YAML that is written is the same document when it is read."""

from hypothesis import given
from hypothesis import strategies as st

from treadle.cli.yaml_text import yaml_text
from treadle.definition.formats import parse_document
from treadle.model.json import Json

ODD = (
    *(
        "",
        "yes",
        "no",
        "on",
        "1",
        "-1",
        "0x1f",
        "0o7",
        "1e3",
        ".5",
        ".inf",
        "true",
        "Null",
        "~",
        "- a",
        "a: b",
    ),
    *(
        "# x",
        "a #b",
        "{{ a }}",
        "a {{ b }}\nc",
        "'",
        '"',
        "\\",
        " before",
        "behind ",
        "\n",
        "a\n\n b",
        "---",
        "...",
    ),
    *(
        "? x",
        "!t",
        "&a",
        "*b",
        "%x",
        "@x",
        "`x",
        "=",
        "<<",
        "12:30",
        "2027-01-31",
        "\u2028",
        "\x85",
        "\x00",
        "\ufeff",
    ),
    *("\U0001f600", "\t", "a\tb", "a" * 200, "word " * 60),
)
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text("{}[]:#-?!&*|>'\"%@` \n\t,ab1.~=<", max_size=8),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@given(tree=TREES)
def test_every_tree_is_read_as_it_was(tree: Json) -> None:
    assert parse_document(yaml_text(tree).encode(), "yaml") == tree


def test_it_is_written_for_people() -> None:
    body = {
        "order": "{{ input.order }}",
        "note": "for {{ input.name }}",
        "is": "yes",
        "number": "7",
        "seven": 7,
    }
    document = {
        "name": "a",
        "version": "1",
        "steps": [{"id": "b", "kind": "task", "http": {"method": "POST", "body": body}}],
    }
    assert yaml_text(document) == (
        "name: a\n"
        'version: "1"\n'
        "steps:\n"
        "  - id: b\n"
        "    kind: task\n"
        "    http:\n"
        "      method: POST\n"
        "      body:\n"
        '        order: "{{ input.order }}"\n'
        '        note: "for {{ input.name }}"\n'
        "        is: yes\n"
        '        number: "7"\n'
        "        seven: 7\n"
    )
