"""The text of an expression becomes a closure over Roots."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import UNSET

from treadle.expressions.cel.arithmetic import ARITHMETIC, negated
from treadle.expressions.cel.building import builds_list, builds_map
from treadle.expressions.cel.calls import compile_call
from treadle.expressions.cel.comparing import (
    HOLDS,
    ORDERS,
    compares_equal,
    compares_to_fixed,
    compares_unequal,
    is_among,
    orders_fixed,
)
from treadle.expressions.cel.compiling import Compile, Compiling, Term, fixed
from treadle.expressions.cel.evaluation import CelError, Evaluation
from treadle.expressions.cel.iterating import ITERATE, Body
from treadle.expressions.cel.logic import chooses, inverts, joins
from treadle.expressions.cel.parser import parse
from treadle.expressions.cel.paths import compile_name, compile_presence, compile_selection
from treadle.expressions.cel.results import as_json
from treadle.expressions.cel.syntax import (
    Call,
    Choice,
    Fixed,
    Index,
    Iteration,
    Junction,
    ListOf,
    MapOf,
    Name,
    Operation,
    Phrase,
    Presence,
    Select,
)
from treadle.expressions.cel.values import NUMBERS
from treadle.expressions.compiled import NO_ROOTS
from treadle.expressions.faults import PathError
from treadle.expressions.places import Place
from treadle.expressions.resolving import Evaluate
from treadle.model.expression import ExpressionError, Roots
from treadle.model.json import Json

BINARY: Final = {
    **ARITHMETIC,
    **ORDERS,
    "==": compares_equal,
    "!=": compares_unequal,
    "in": is_among,
}
UNARY: Final = {"-": negated, "!": inverts}
READY: Final = frozenset({str, int, bool, type(None)})
"""Types of results that are JSON as they are."""


class Cel(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled expression; `fixed` is its value if that is always the same."""

    evaluate: Evaluate
    reads: frozenset[tuple[str, ...]]
    fixed: Json = UNSET


def compile_cel(text: str, place: Place) -> Cel:
    """Compile an expression; the closure raises ExpressionError.

    Raises:
        PathError: it is wrong, with the place in the text.
    """
    compiling = Compiling(text, place, COMPILERS)
    term = compiling.term(parse(text))
    if term.never is not None:
        raise PathError("invalid_expression", f"the expression never has a value: {term.never}", 0)
    evaluate = _evaluate(term, compiling.slots)
    fixed_ = UNSET if term.fixed is UNSET else _value_of(evaluate)
    return Cel(evaluate=evaluate, reads=frozenset(compiling.reads), fixed=fixed_)


def _value_of(evaluate: Evaluate) -> Json:
    """The value of an expression that reads nothing.

    Raises:
        PathError: JSON has no form for it.
    """
    try:
        return evaluate(NO_ROOTS)
    except ExpressionError as error:
        raise PathError("invalid_expression", error.message, 0) from error


def _evaluate(term: Term, slots: int) -> Evaluate:
    step, is_json = term.step, term.is_json

    def evaluate(roots: Roots) -> Json:
        evaluation = Evaluation.over(roots)
        if slots:
            evaluation.variables = [None] * slots
        try:
            value = step(evaluation)
        except CelError as error:
            raise ExpressionError(error.code, error.message) from None
        if is_json or type(value) in READY:
            return value
        return as_json(evaluation, value)

    return evaluate


def _compile_fixed(_: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, Fixed)
    return fixed(phrase.value)


def _compile_operation(compiling: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, Operation)
    terms = tuple(compiling.term(operand) for operand in phrase.operands)
    if len(terms) == 1:
        return compiling.made(UNARY[phrase.operator](terms[0].step), terms)
    left, right = terms
    if phrase.operator in {"==", "!="} and type(right.fixed) in {str, int}:
        step = compares_to_fixed(left.step, right.fixed, is_equal=phrase.operator == "==")
        return compiling.made(step, terms)
    if phrase.operator in HOLDS and type(right.fixed) in NUMBERS:
        step = orders_fixed(phrase.operator, HOLDS[phrase.operator], left.step, right.fixed)
        return compiling.made(step, terms)
    return compiling.made(BINARY[phrase.operator](left.step, right.step), terms)


def _compile_junction(compiling: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, Junction)
    terms = tuple(compiling.term(operand) for operand in phrase.operands)
    return compiling.made(joins([term.step for term in terms], phrase.operator), terms)


def _compile_choice(compiling: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, Choice)
    terms = tuple(compiling.term(part) for part in (phrase.condition, phrase.then, phrase.otherwise))
    condition, then, otherwise = terms
    is_json = then.is_json and otherwise.is_json
    return compiling.made(chooses(condition.step, then.step, otherwise.step), terms, is_json=is_json)


def _compile_list(compiling: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, ListOf)
    terms = tuple(compiling.term(element.value) for element in phrase.elements)
    elements = zip(terms, phrase.elements, strict=True)
    step = builds_list(tuple((term.step, element.is_optional) for term, element in elements))
    return compiling.made(step, terms)


def _compile_map(compiling: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, MapOf)
    pairs = [(compiling.term(entry.key), compiling.term(entry.value)) for entry in phrase.entries]
    entries = zip(pairs, phrase.entries, strict=True)
    step = builds_map(tuple((key.step, value.step, entry.is_optional) for (key, value), entry in entries))
    return compiling.made(step, [term for pair in pairs for term in pair])


def _compile_iteration(compiling: Compiling, phrase: Phrase) -> Term:
    assert isinstance(phrase, Iteration)
    over = compiling.term(phrase.over)
    with compiling.variable(phrase.variable, is_json=over.is_json) as slot:
        body = compiling.term(phrase.body)
        only = None if phrase.only is None else compiling.term(phrase.only)
    step = ITERATE[phrase.kind](
        Body(
            name=phrase.kind,
            over=over.step,
            slot=slot,
            step=body.step,
            cost=body.cost + (0 if only is None else only.cost),
            only=None if only is None else only.step,
        )
    )
    is_json = phrase.kind == "filter" and over.is_json
    return Term(step=step, cost=over.cost + 1, is_json=is_json)


COMPILERS: Final[Mapping[type[Phrase], Compile]] = {
    Fixed: _compile_fixed,
    Name: compile_name,
    Select: compile_selection,
    Index: compile_selection,
    Call: compile_call,
    Operation: _compile_operation,
    Junction: _compile_junction,
    Choice: _compile_choice,
    ListOf: _compile_list,
    MapOf: _compile_map,
    Presence: compile_presence,
    Iteration: _compile_iteration,
}
