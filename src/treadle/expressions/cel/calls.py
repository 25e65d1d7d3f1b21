"""A call is looked up in the tables before anything runs: unknown names and wrong numbers are faults."""

from typing import Final

from treadle.expressions.cel.compiling import Compiling, Term, fault
from treadle.expressions.cel.evaluation import CelError, Step
from treadle.expressions.cel.functions.function import Function, Functions
from treadle.expressions.cel.functions.optionals import NAMESPACE, otherwise
from treadle.expressions.cel.functions.patterns import compile_pattern
from treadle.expressions.cel.functions.table import FUNCTIONS, LAZY_METHODS, METHODS
from treadle.expressions.cel.macros import MACRO_NAMES
from treadle.expressions.cel.syntax import Call, Name, Phrase
from treadle.expressions.faults import PathError
from treadle.expressions.meant import FUNCTIONS as MEANT_FUNCTIONS
from treadle.expressions.meant import METHODS as MEANT_METHODS
from treadle.expressions.meant import written
from treadle.expressions.nearest import quoted, suggestion

FUNCTION_NAMES: Final = frozenset(name for name, _ in FUNCTIONS) | {"has"}
METHOD_NAMES: Final = frozenset(name for name, _ in METHODS) | LAZY_METHODS.keys() | (MACRO_NAMES - {"has"})

CALL_COST: Final = 4
"""A function takes longer than an operator."""


def compile_call(compiling: Compiling, phrase: Phrase) -> Term:
    """A call of a function, or of a method of its target."""
    assert isinstance(phrase, Call)
    if phrase.target is None:
        return _called(compiling, phrase, phrase.function, phrase.arguments, is_method=False)
    target = phrase.target
    if isinstance(target, Name) and target.name == NAMESPACE and NAMESPACE not in compiling.variables:
        name = f"{NAMESPACE}.{phrase.function}"
        return _called(compiling, phrase, name, phrase.arguments, is_method=False)
    if phrase.function in LAZY_METHODS and len(phrase.arguments) == 1:
        terms = (compiling.term(target), compiling.term(phrase.arguments[0]))
        is_value = LAZY_METHODS[phrase.function]
        return compiling.made(otherwise(terms[0].step, terms[1].step, is_value=is_value), terms)
    return _called(compiling, phrase, phrase.function, (target, *phrase.arguments), is_method=True)


def _called(
    compiling: Compiling, call: Call, name: str, values: tuple[Phrase, ...], *, is_method: bool
) -> Term:
    table = METHODS if is_method else FUNCTIONS
    function = table.get((name, len(values)))
    if function is None:
        raise _unknown(call, name, table, is_method=is_method)
    terms = tuple(compiling.term(value) for value in values)
    if name == "matches" and type(terms[1].fixed) is str:
        _check_pattern(call, terms[1].fixed)
    return compiling.made(_step(function, tuple(term.step for term in terms)), terms, cost=CALL_COST)


def _step(function: Function, steps: tuple[Step, ...]) -> Step:
    """The function over its values; one and two of them are by far the most."""
    if len(steps) == 1:
        only = steps[0]
        return lambda evaluation: function(evaluation, only(evaluation))
    if len(steps) == 2:
        first, second = steps
        return lambda evaluation: function(evaluation, first(evaluation), second(evaluation))
    return lambda evaluation: function(evaluation, *[step(evaluation) for step in steps])


def _check_pattern(call: Call, written: str) -> None:
    try:
        compile_pattern(written)
    except CelError as error:
        raise fault(error.code, error.message, call) from error


def _unknown(call: Call, name: str, table: Functions, *, is_method: bool) -> PathError:
    counts = sorted({count - is_method for known, count in table if known == name})
    if not counts and name in LAZY_METHODS and is_method:
        counts = [1]
    if not counts and name in MACRO_NAMES and is_method == (name != "has"):
        counts = [2, 3] if name == "map" else [2]
    if counts:
        takes = " or ".join(str(count) for count in counts)
        given = len(call.arguments)
        return fault("invalid_arity", f"`{name}` takes {takes} arguments, not {given}", call)
    others, kind = (FUNCTION_NAMES, "method") if is_method else (METHOD_NAMES, "function")
    meant = written(MEANT_METHODS if is_method else MEANT_FUNCTIONS, name)
    if meant:
        return fault("unknown_function", f"there is no {kind} `{name}`{meant}", call)
    if name in others:
        form = f"`{name}(value)`" if is_method else f"`value.{name}(...)`"
        return fault("unknown_function", f"`{name}` is written {form}", call)
    hint = suggestion(name, METHOD_NAMES if is_method else FUNCTION_NAMES)
    return fault("unknown_function", f"there is no {kind} {quoted(name)}{hint}", call)
