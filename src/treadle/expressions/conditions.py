"""Conditions: JSON Logic over the roots of a place, counted by truthiness."""

from typing import Final

from treadle.expressions.compiled import NO_ROOTS, Compiled
from treadle.expressions.faults import InvalidExpression, PathError
from treadle.expressions.feeding import Feed, compile_feed
from treadle.expressions.jsonlogic import Logic, LogicError, compile_logic
from treadle.expressions.places import CONDITION, Place
from treadle.expressions.printing import ENCODER
from treadle.model.errors import Fault
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json

CONDITION_BYTES_MAX: Final = 4_096
"""The longest condition, written as compact JSON in UTF-8."""


def compile_condition(condition: Json, place: Place, pointer: str = "") -> Expression:
    """Compile a condition; the expression gives True or False.

    Raises:
        InvalidExpression: with every fault in it.
    """
    fault = _fault_of_form(condition, pointer)
    if fault is not None:
        raise InvalidExpression((fault,))
    logic = compile_logic(condition, pointer)
    if logic.has_computed_reads:
        message = "a computed path cannot be checked: write the paths of `var` and `missing` out"
        raise InvalidExpression((Fault(pointer=pointer, code="computed_path", message=message),))
    return _compiled(logic, _feeds(logic, place, pointer))


def _feeds(logic: Logic, place: Place, pointer: str) -> tuple[Feed, ...]:
    faults: list[Fault] = []
    feeds: list[Feed] = []
    for read in logic.reads:
        try:
            feeds.append(compile_feed(read, place))
        except PathError as error:
            faults.append(Fault(pointer=pointer, code=error.code, message=error.message))
    if faults:
        raise InvalidExpression(tuple(faults))
    covered = {feed.keys for feed in feeds}
    return tuple(feed for feed in feeds if not _has_prefix_in(covered, feed.keys))


def _has_prefix_in(covered: set[tuple[str, ...]], keys: tuple[str, ...]) -> bool:
    """Whether what stands above `keys` is fed as a whole."""
    return any(keys[:length] in covered for length in range(1, len(keys)))


def _compiled(logic: Logic, feeds: tuple[Feed, ...]) -> Expression:
    def evaluate(roots: Roots) -> Json:
        data: dict[str, Json] = {}
        for feed in feeds:
            feed.put(data, roots)
        try:
            return logic.is_true(data)
        except LogicError as error:
            raise ExpressionError("condition_error", f"the condition failed: {error}") from error

    return Compiled(evaluate, frozenset(feed.read for feed in feeds))


def _fault_of_form(condition: Json, pointer: str) -> Fault | None:
    """What is wrong before the operators are looked at."""
    if isinstance(condition, str):
        message = (
            'conditions in text are not available yet: write JSON Logic, an object such as {"==": [...]}'
        )
        return Fault(pointer=pointer, code="unsupported_expression", message=message)
    if not isinstance(condition, dict):
        message = 'a condition is JSON Logic: an object such as {"==": [{"var": "input.kind"}, "a"]}'
        return Fault(pointer=pointer, code="wrong_type", message=message)
    if len(condition) != 1:
        message = f"a condition is an object with one operator as its only key, not {len(condition)} keys"
        return Fault(pointer=pointer, code="invalid_condition", message=message)
    try:
        size = len(ENCODER.encode(condition).encode("utf-8"))
    except (TypeError, ValueError, RecursionError) as error:
        return Fault(pointer=pointer, code="invalid_condition", message=f"the condition is no JSON: {error}")
    if size > CONDITION_BYTES_MAX:
        message = f"a condition may have {CONDITION_BYTES_MAX} bytes; this one has {size}"
        return Fault(pointer=pointer, code="expression_too_long", message=message)
    return None


def is_always_true(condition: Json) -> bool:
    """Whether a condition reads nothing and is true."""
    try:
        compiled = compile_condition(condition, CONDITION)
        return not compiled.reads and bool(compiled(NO_ROOTS))
    except (InvalidExpression, ExpressionError):
        return False
