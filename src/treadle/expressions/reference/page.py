"""The page, in Markdown."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from treadle.expressions.cel.evaluation import BUILT_MAX, OPERATIONS_MAX, RESULT_MAX
from treadle.expressions.cel.functions.patterns import PATTERN_CHARS_MAX
from treadle.expressions.cel.parser import DEPTH_MAX
from treadle.expressions.conditions import CONDITION_BYTES_MAX
from treadle.expressions.jsonlogic import ARITIES, LIGHT_BYTES, RULE_DEPTH_MAX
from treadle.expressions.jsonlogic import OPERATIONS_MAX as LOGIC_OPERATIONS_MAX
from treadle.expressions.reference.described import GIVEN, Described
from treadle.expressions.reference.functions import CONVERSIONS, OPTIONALS, SIZES, TEXTS, TIMES
from treadle.expressions.reference.logic import LOGIC
from treadle.expressions.reference.operators import MACROS, OPERATORS, READING
from treadle.expressions.texts import TEMPLATE_BYTES_MAX
from treadle.model.json import Json

PREFACE: Final = """# Expressions

What may stand in `{{ }}` and in a condition that is text: [CEL](https://cel.dev), as far as it goes here; and
the operators of [JSON Logic](https://jsonlogic.com), for a condition that is an object. How they are used:
[Expressions](../guide/expressions.md) and [Templates and conditions](../guide/templates.md).
This page is written from the tables in `treadle.expressions.reference`.

In the examples the input is this:
"""
CEL: Final = (
    ("Reading and making values", READING),
    ("Operators", OPERATORS),
    ("Macros", MACROS),
    ("Size", SIZES),
    ("Texts", TEXTS),
    ("Values that may be missing", OPTIONALS),
    ("From one type to another", CONVERSIONS),
    ("Instants and lengths of time", TIMES),
)
NUMBERS: Final = """
Numbers without a fraction are ints of 64 bits, others doubles. To reckon with both, say which is meant with
`int()` or `double()`; to compare them needs nothing. An expression reads no clock and draws no lots.
"""
LOGIC_PREFACE: Final = """
A condition that is an object with one operator as its only key; a value alone under it is a list of one. What
it comes to counts as true but for false, 0, null, an empty text and an empty list. What is missing is null.
Nothing is rendered in its texts, and brackets are no part of its paths.
"""
UNBOUNDED: Final = (
    "A rule that builds lists within lists at each item, or writes such a list out as text, is refused "
    "(`unbounded_condition`)."
)
BOUNDS: Final = (
    ("bytes of a text with templates", TEMPLATE_BYTES_MAX),
    ("bytes of a condition, as JSON", CONDITION_BYTES_MAX),
    ("phrases or brackets inside each other", DEPTH_MAX),
    ("steps of all expressions of one value", OPERATIONS_MAX),
    ("bytes that they build on the way, about", BUILT_MAX),
    ("bytes of what they give, about", RESULT_MAX),
    ("characters of a pattern", PATTERN_CHARS_MAX),
)
LOGIC_BOUNDS: Final = (
    ("lists and objects inside each other", RULE_DEPTH_MAX),
    ("operations of a condition", LOGIC_OPERATIONS_MAX),
    ("bytes of the longest text read in an iteration, beyond which there are fewer operations", LIGHT_BYTES),
)


def reference() -> str:
    """The page of all that may stand in an expression."""
    lines = [PREFACE, "```json", json.dumps(GIVEN, indent=2), "```"]
    for title, rows in CEL:
        lines += ["", f"## {title}", "", *_table(rows)]
    lines += [NUMBERS.rstrip(), "", *_bounds(BOUNDS), "", "## JSON Logic", LOGIC_PREFACE, *_logic()]
    lines += ["", *_bounds(LOGIC_BOUNDS), "", UNBOUNDED]
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[Described]) -> Iterator[str]:
    yield "| Written | Is | Example | Gives |"
    yield "|---|---|---|---|"
    for one in rows:
        forms = ", ".join(_code(form) for form in one.written)
        yield f"| {forms} | {_cell(one.meaning)} | {_code(one.example)} | {_code(shown(one.gives))} |"


def _logic() -> Iterator[str]:
    yield "| Operator | Arguments | Is | Example | Gives |"
    yield "|---|---|---|---|---|"
    for names, meaning, example, gives in LOGIC:
        operators = ", ".join(_code(name) for name in names)
        shows = f"{_code(shown(example))} | {_code(shown(gives))}"
        yield f"| {operators} | {ARITIES[names[0]]} | {_cell(meaning)} | {shows} |"


def _bounds(bounds: Iterable[tuple[str, int]]) -> Iterator[str]:
    yield "| Bound | Value |"
    yield "|---|---|"
    yield from (f"| {what} | {value:,} |" for what, value in bounds)


def shown(value: Json) -> str:
    """A value as it stands on the page."""
    return json.dumps(value, ensure_ascii=False)


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
