"""Conditions of a Trama document: JSON Logic over that system's roots, counted by the truthiness of ours."""

from typing import Final, NamedTuple

from treadle.expressions.compiled import Compiled
from treadle.expressions.conditions import CONDITION_BYTES_MAX
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.feeding import Feed
from treadle.expressions.jsonlogic import Logic, LogicError, compile_logic
from treadle.expressions.mustache_roots import look_up
from treadle.expressions.mustache_standpoint import Lookup, Path, Standpoint
from treadle.expressions.mustache_texts import Doubt
from treadle.expressions.printing import ENCODER
from treadle.model.errors import Fault
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json

ALWAYS: Final = "!!"
"""What a value that is no rule is wrapped in: it counts by its truthiness."""


class SagaCondition(NamedTuple):
    """A compiled condition, and the paths in it that never have a value."""

    expression: Expression
    doubts: tuple[Doubt, ...]


def as_rule(condition: Json) -> Json:
    """A rule that says the same: any value is a condition there, `true` as well."""
    return condition if isinstance(condition, dict) else {ALWAYS: [condition]}


def compile_saga_condition(rule: Json, stand: Standpoint, pointer: str = "") -> SagaCondition:
    """Compile a rule.

    Raises:
        InvalidExpression: with every fault in it.
    """
    fault = _fault_of_form(rule, pointer)
    if fault is not None:
        raise InvalidExpression((fault,))
    logic = compile_logic(rule, pointer)
    if logic.has_computed_reads:
        message = "a computed path cannot be checked: write the paths of `var` and `missing` out"
        raise InvalidExpression((Fault(pointer=pointer, code="computed_path", message=message),))
    lookups = _look_all_up(logic.reads, stand, pointer)
    doubts = tuple(Doubt(pointer, one.unset) for _, one in lookups if one.unset is not None)
    return SagaCondition(_compiled(logic, lookups), doubts)


def _look_all_up(reads: tuple[Path, ...], stand: Standpoint, pointer: str) -> list[tuple[Path, Lookup]]:
    faults: list[Fault] = []
    found: list[tuple[Path, Lookup]] = []
    for read in sorted(set(reads)):
        if not read or not read[0]:
            message = "a condition reads paths that begin with a root, not all roots at once"
            faults.append(Fault(pointer=pointer, code="invalid_path", message=message))
            continue
        found.append((read, look_up(read, stand)))
    if faults:
        raise InvalidExpression(tuple(faults))
    return found


def _compiled(logic: Logic, lookups: list[tuple[Path, Lookup]]) -> Expression:
    paths = {path for path, _ in lookups}
    feeds = [
        Feed(keys=path, read=path, fetch=lookup.read)
        for path, lookup in lookups
        if lookup.unset is None and not any(path[:length] in paths for length in range(1, len(path)))
    ]

    def evaluate(roots: Roots) -> Json:
        data: dict[str, Json] = {}
        for feed in feeds:
            feed.put(data, roots)
        try:
            return logic.is_true(data)
        except LogicError as error:
            raise ExpressionError("condition_error", f"the condition failed: {error}") from error

    return Compiled(evaluate, frozenset(path for _, lookup in lookups for path in lookup.paths))


def _fault_of_form(rule: Json, pointer: str) -> Fault | None:
    """What is wrong before the operators are looked at."""
    if not isinstance(rule, dict) or len(rule) != 1:
        message = "a condition is JSON Logic: an object with one operator as its only key"
        return Fault(pointer=pointer, code="invalid_condition", message=message)
    size = len(ENCODER.encode(rule).encode("utf-8", "replace"))
    if size > CONDITION_BYTES_MAX:
        message = f"a condition may have {CONDITION_BYTES_MAX} bytes; this one has {size}"
        return Fault(pointer=pointer, code="expression_too_long", message=message)
    return None
