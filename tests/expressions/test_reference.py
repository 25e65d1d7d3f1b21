"""The page of expressions has all that the code has, and every example gives what it says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.cel.functions.table import FUNCTIONS, LAZY_METHODS, METHODS
from treadle.expressions.cel.macros import ITERATIONS
from treadle.expressions.cel.parser import PRECEDENCE, UNARY
from treadle.expressions.conditions import compile_condition
from treadle.expressions.jsonlogic import ARITIES, compile_logic
from treadle.expressions.places import CONDITION, VALUE
from treadle.expressions.reference.described import GIVEN, Described
from treadle.expressions.reference.functions import CONVERSIONS, OPTIONALS, SIZES, TEXTS, TIMES
from treadle.expressions.reference.logic import LOGIC, LogicRow
from treadle.expressions.reference.operators import MACROS, OPERATORS, READING
from treadle.expressions.reference.page import reference
from treadle.expressions.templates import compile_template

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "expressions.md"
CALLED = (*SIZES, *TEXTS, *OPTIONALS, *CONVERSIONS, *TIMES)
ROWS = (*READING, *OPERATORS, *MACROS, *CALLED)
FORM = re.compile(r"(?:(\w+)\.)?(\w+)\((.*)\)")
NAMESPACED = {name.partition(".")[2] for name, _ in FUNCTIONS if "." in name}


def calls(rows: tuple[Described, ...]) -> Iterator[tuple[str, int, bool]]:
    """Name, number of arguments, and whether it is a method, of every form."""
    for one in rows:
        for form in one.written:
            found = FORM.fullmatch(form)
            assert found is not None, form
            target, name, arguments = found.groups()
            count = len(arguments.split(",")) if arguments else 0
            if target == "optional" and name in NAMESPACED:
                yield f"optional.{name}", count, False
            else:
                yield name, count, target is not None


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == reference(), "python -m treadle.expressions.reference writes it anew"


def test_every_function_and_method_has_its_row() -> None:
    known = {(name, count, False) for name, count in FUNCTIONS}
    known |= {(name, count - 1, True) for name, count in METHODS}
    known |= {(name, 1, True) for name in LAZY_METHODS}
    found = list(calls(CALLED))
    assert set(found) == known
    assert len(found) == len(known)


def test_every_macro_has_its_row() -> None:
    known = {(name, count, True) for name, count in ITERATIONS} | {("has", 1, False)}
    assert set(calls(MACROS)) == known


def test_every_operator_has_its_row() -> None:
    forms = {form for one in OPERATORS for form in one.written}
    known = {f"a {sign} b" for sign in PRECEDENCE} | {f"{sign}a" for sign in UNARY} | {"a ? b : c"}
    assert forms == known


def test_every_operator_of_json_logic_has_its_row() -> None:
    names = [name for one in LOGIC for name in one.names]
    assert sorted(names) == sorted(ARITIES)


@pytest.mark.parametrize("one", ROWS, ids=[one.written[0] for one in ROWS])
def test_an_example_gives_what_its_row_says(one: Described) -> None:
    template = compile_template(f"{{{{ {one.example} }}}}", VALUE)
    value = template(FakeRoots(input=GIVEN))
    assert (value, type(value)) == (one.gives, type(one.gives))


@pytest.mark.parametrize("one", LOGIC, ids=[one.names[0] for one in LOGIC])
def test_an_example_of_json_logic_gives_what_its_row_says(one: LogicRow) -> None:
    assert compile_logic(one.example, "").value({"input": GIVEN}) == one.gives
    assert compile_condition(one.example, CONDITION)(FakeRoots(input=GIVEN)) is bool(one.gives)


def test_an_example_shows_what_its_row_is_of() -> None:
    for one in CALLED:
        name = re.split(r"[.(]", one.written[0].split("(")[0])[-1]
        assert f"{name}(" in one.example, one.written
    for names, _, example, _ in LOGIC:
        assert set(example) & set(names), names
