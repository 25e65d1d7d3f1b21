"""The quick reader of YAML gives what the exact one gives, or nothing at all."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.definition.test_formats import YAML as CORE_SCHEMA
from tests.definition.test_positions import YAML as FAULTY
from treadle.definition.formats.exact_yaml import read_exactly
from treadle.definition.formats.quick_yaml import KEY_CHARS_MAX, read_quickly
from treadle.definition.formats.yaml import YAML_BYTES_MAX, read_yaml
from treadle.model.errors import Rejected

ROOT: Final = Path(__file__).parents[2]
FILES: Final = sorted(
    path for room in ("examples", "docs", "deploy", "tests") for path in (ROOT / room).glob("**/*.y*ml")
)
PAGES: Final = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
SHOWN: Final = re.compile(r"```(?:yaml|json)\n(.*?)```", re.DOTALL)
STYLES: Final = """\
literal: |

  one
    more

  # no comment
kept: |+
  one

folded: >-
  one
  two

  three
   four
plain: one
  two
quoted: "one
  two \\u00e9"
single: 'it''s
  two'
flow: {"a":1, b: [c, {d: e}], f: http://x:80/y?z#q, ? g : h}
- in a key: - x
empty:
? asked
: answered
list:
- a: 1
  b:
  - - 2
    - {}
  - []
"""
WRITTEN: Final = (
    *(path.read_text("utf-8") for path in FILES),
    *(text for page in PAGES for text in SHOWN.findall(page.read_text("utf-8"))),
    *(CORE_SCHEMA.decode(), FAULTY, STYLES, STYLES.replace("\n", "\r\n"), STYLES.replace("\n", "\r")),
    *("", "# nothing\n", "---\n", "---\na: 1\n", "\U0001f600: ü\nà: [ü]\n"),
)


def literals() -> set[str]:
    """The texts in the tests that are about YAML, as far as they could be documents."""
    sources = [path.read_text("utf-8") for path in ROOT.glob("tests/**/*.py")]
    nodes = [node for source in sources if "yaml" in source for node in ast.walk(ast.parse(source))]
    found = [node.value for node in nodes if isinstance(node, ast.Constant)]
    texts = [text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in found]
    return {text for text in texts if isinstance(text, str) and ":" in text}


def exact(text: str) -> str:
    """What the exact reader gives, with types and places, or that it refuses."""
    try:
        return repr(read_exactly(text))
    except Rejected as refused:
        return repr(refused)


def is_taken(text: str) -> bool:
    """Whether the quick reader takes a text; if it does, then as the exact one."""
    quick = read_quickly(text)
    assert quick is None or repr(quick) == exact(text)
    return quick is not None


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_is_read_quickly_and_as_exactly(text: str) -> None:
    assert is_taken(text) or "Rejected" in exact(text)


def test_every_text_of_the_tests_is_read_as_exactly_or_left() -> None:
    taken = [text for text in literals() if is_taken(text)]
    assert len(taken) > len(WRITTEN)


LEFT: Final = {
    "a tab": "a:\tb",
    "a byte order mark": "\ufeffa: b",
    "a line break of YAML 1.1": "a: b\x85c",
    "a line separator": "a: b\u2028c",
    "a paragraph separator": "a: b\u2029c",
    "a character that cannot be printed": "a: \x7f",
    "an anchor": "a: &b c",
    "an alias": "a: *b",
    "a tag": "a: !b c",
    "the tag that means nothing": "a: ! b",
    "a version": "%YAML 1.2\n---\na: b",
    "handles of tags": "%TAG ! tag:x,2000:\n---\na: b",
    "two documents": "a\n---\nb",
    "the end of a document": "a\n...\n",
    "two ends of one document": "a\n...\n...\n",
    "a key twice": "{a: 1, a: 2}",
    "a key that is a number": "1: a",
    "a key that is a list": "[a]: b",
    "a key that is an object": "? {a: b}\n: c",
    "a long key": f"{'k' * (KEY_CHARS_MAX + 1)}: a",
    "no number of JSON": "a: .inf",
    "an integer out of range": "a: 9223372036854775808",
    "an object without braces": "[a: b]",
    "a colon that touches what follows, in a list": '["a":b]',
    "a colon that touches the bracket": "['':]",
    "a sign of a block with a comment": "a: | # b\n  c",
    "a sign of a block that touches a comment": "a: |#b\n  c",
    "a block with an indent": "a: |2\n   b",
    "a block that begins with blanks": "a: |\n \n  b",
    "a block without an indent": "|\n# b",
    "lists too deep": "[" * 65 + "]" * 65,
    "objects too deep": "{a: " * 65 + "}" * 65,
    "lines too deep": "- " * 65 + "a",
    "something broken": "a: [",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT.keys())
def test_what_may_be_read_otherwise_is_left_to_the_exact_reader(text: str) -> None:
    assert read_quickly(text) is None


@pytest.mark.parametrize("text", ["[" * 64 + "]" * 64, "- " * 64 + "a", f"{'k' * KEY_CHARS_MAX}: a"])
def test_what_is_just_within_the_bounds_is_taken(text: str) -> None:
    assert is_taken(text)


@pytest.mark.parametrize("text", ["[" * YAML_BYTES_MAX, "{a: " * 60_000, "- " * 100_000, "? " * 100_000])
def test_a_hostile_nesting_is_left_at_once(text: str) -> None:
    assert read_quickly(text) is None


EDITS: Final = (
    *" \n\r:-,[]{}#'\"|>?&*!%@`~\\+.019aé",
    *(
        "\n\n",
        "\n  ",
        "\n    ",
        "\r\n",
        ": ",
        " #",
        "- ",
        "? ",
        "|\n",
        ">\n",
        ">-\n",
        "|+\n",
        "\n---\n",
        "\n...\n",
    ),
    *("{}", "[]", "''", '""', "<<", "::", '"a":', "0o7", "0x1F", "1e3", "yes", "null", "2026-03-01", "1:30"),
)
LINES_MAX: Final = 12
EDITS_MAX: Final = 3


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """Some lines of what people write, with a few characters changed, or a line moved."""
    lines = draw(st.sampled_from(WRITTEN)).split("\n")
    first = draw(st.integers(0, len(lines) - 1))
    text = "\n".join(lines[first : first + draw(st.integers(1, LINES_MAX))])
    for _ in range(draw(st.integers(1, EDITS_MAX))):
        at = draw(st.integers(0, len(text)))
        removed = draw(st.integers(0, 4))
        text = text[:at] + draw(st.sampled_from(("", *EDITS))) + text[at + removed :]
    return text


@settings(deadline=None, max_examples=400)
@given(mutants())
def test_a_mutant_is_read_as_exactly_or_left(text: str) -> None:
    is_taken(text)


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(EDITS), max_size=10).map("".join))
@example("['':]# |1>")
@example(">\n#")
@example("a\n...\n...")
def test_signs_in_any_order_are_read_as_exactly_or_left(text: str) -> None:
    is_taken(text)


@settings(deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), max_size=20), st.sampled_from(['"{}"', "'{}'", "{}", "- {}: {}"])
)
def test_any_character_is_read_as_exactly_or_left(text: str, around: str) -> None:
    is_taken(around.format(text, text))


ALONE: Final = """
import sys
sys.modules["yaml._yaml"] = None
from treadle.definition.formats.quick_yaml import HAS_LIBYAML
from treadle.definition.formats.yaml import read_yaml
print(HAS_LIBYAML, read_yaml(b"a: [1, yes]")[0])
"""


def test_where_libyaml_is_missing_everything_is_read_exactly() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stdout == "False {'a': [1, 'yes']}\n"


def test_what_is_refused_is_refused_by_the_exact_reader() -> None:
    with pytest.raises(Rejected, match="anchors are not read"):
        read_yaml(b"a: &b c")
