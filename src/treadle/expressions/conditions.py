"""Conditions: JSON Logic over the roots of a place, counted by truthiness, or an expression in text."""

from typing import Final

from msgspec import UNSET

from treadle.expressions.braces import OPENING
from treadle.expressions.cel.values import type_name
from treadle.expressions.compiled import NO_ROOTS, Compiled, Constant
from treadle.expressions.faults import InvalidExpression, PathError
from treadle.expressions.feeding import Feed, compile_feed
from treadle.expressions.jsonlogic import Logic, LogicError, compile_logic
from treadle.expressions.places import CONDITION, Place
from treadle.expressions.printing import ENCODER
from treadle.expressions.resolving import Evaluate
from treadle.expressions.single import compile_single
from treadle.model.errors import Fault
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json
from treadle.model.requests import Hole

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
    if isinstance(condition, str):
        return _compile_text(condition, place, pointer)
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
    if not isinstance(condition, dict | str):
        message = (
            'a condition is JSON Logic, such as {"==": [{"var": "input.kind"}, "a"]}, or a text in CEL, '
            "such as `input.kind == 'a'`"
        )
        return Fault(pointer=pointer, code="wrong_type", message=message)
    if isinstance(condition, str) and condition.lstrip().startswith(OPENING):
        message = "a condition in text is the expression itself: leave out `{{` and `}}`"
        return Fault(pointer=pointer, code="invalid_condition", message=message)
    if isinstance(condition, dict) and len(condition) != 1:
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


def _compile_text(condition: str, place: Place, pointer: str) -> Expression:
    """A condition that is written as an expression; it must give a boolean.

    Raises:
        InvalidExpression: it is wrong, or always gives something else.
    """
    text = condition.strip()
    try:
        single = compile_single(text, place)
    except PathError as error:
        at = len(condition) - len(condition.lstrip()) + error.position + 1
        message = f"{error.message} (at character {at})"
        raise InvalidExpression((Fault(pointer=pointer, code=error.code, message=message),)) from error
    if isinstance(single.fixed, bool):
        return Constant(single.fixed)
    if single.fixed is not UNSET or isinstance(single.part, str | Hole):
        message = "a condition gives true or false: this one always gives something else"
        raise InvalidExpression((Fault(pointer=pointer, code="invalid_condition", message=message),))
    return Compiled(_judged(single.part), single.reads, is_computed=single.is_computed)


def _judged(evaluate: Evaluate) -> Evaluate:
    """The expression, whose value must be a boolean."""

    def judge(roots: Roots) -> Json:
        try:
            value = evaluate(roots)
        except ExpressionError as error:
            if error.code == "missing_variable":
                raise
            raise ExpressionError("condition_error", f"the condition failed: {error.message}") from error
        if type(value) is not bool:
            message = f"the condition failed: it gives no boolean but {type_name(value)}"
            raise ExpressionError("condition_error", message)
        return value

    return judge


def is_always_true(condition: Json) -> bool:
    """Whether a condition reads nothing and is true, as far as that is known without much work."""
    try:
        compiled = compile_condition(condition, CONDITION)
        if isinstance(condition, str):
            return isinstance(compiled, Constant) and bool(compiled.value)
        return not compiled.reads and bool(compiled(NO_ROOTS))
    except (InvalidExpression, ExpressionError):
        return False
