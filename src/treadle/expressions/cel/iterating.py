"""The macros that go over a list or the keys of a map. An item is paid for before the body runs for it."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from treadle.expressions.cel.evaluation import (
    ERROR_OPERATIONS,
    LIST_UNITS,
    CelError,
    Evaluation,
    Step,
    misfit,
    too_costly,
)
from treadle.expressions.cel.values import NONE, Optional, Value, present


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is evaluated for each item, which is kept in `slot`; `cost` is its steps.

    `only` is the predicate of a `map` with three arguments.
    """

    name: str
    over: Step
    slot: int
    step: Step
    cost: int
    only: Step | None = None

    def items(self, evaluation: Evaluation) -> list[Value]:
        """The elements of a list, or the keys of a map."""
        value = self.over(evaluation)
        if type(value) is list:
            return value
        if type(value) is dict:
            evaluation.spend(len(value))
            return list(value)
        raise misfit(self.name, value)


def quantifies(body: Body, *, decides: bool) -> Step:
    """`exists` (True decides) and `all` (False decides): like `||` and `&&` over all items."""
    slot, step, cost = body.slot, body.step, body.cost

    def quantify(evaluation: Evaluation) -> Value:
        error: CelError | None = None
        variables = evaluation.variables
        for item in body.items(evaluation):
            evaluation.operations -= cost
            if evaluation.operations < 0:
                raise too_costly()
            variables[slot] = item
            try:
                value = step(evaluation)
            except CelError as raised:
                evaluation.spend(ERROR_OPERATIONS)
                error = error or raised
                continue
            if value is decides:
                return decides
            if type(value) is not bool:
                error = error or misfit(body.name, value)
        if error is not None:
            raise error
        return not decides

    return quantify


def filters(body: Body) -> Step:
    """The items for which the predicate holds."""
    slot, step, cost = body.slot, body.step, body.cost

    def select(evaluation: Evaluation) -> Value:
        variables = evaluation.variables
        items = body.items(evaluation)
        evaluation.build(LIST_UNITS + len(items))
        found = []
        for item in items:
            evaluation.operations -= cost
            if evaluation.operations < 0:
                raise too_costly()
            variables[slot] = item
            if is_true(step(evaluation), body.name):
                found.append(item)
        return found

    return select


def counts_one(body: Body) -> Step:
    """Whether the predicate holds for exactly one item."""
    kept = filters(body)
    return lambda evaluation: len(kept(evaluation)) == 1


def maps(body: Body) -> Step:
    """What the body gives for each item, or for each that the predicate holds for."""
    slot, step, cost, only = body.slot, body.step, body.cost, body.only

    def render(evaluation: Evaluation) -> Value:
        variables = evaluation.variables
        items = body.items(evaluation)
        evaluation.build(LIST_UNITS + len(items))
        found = []
        for item in items:
            evaluation.operations -= cost
            if evaluation.operations < 0:
                raise too_costly()
            variables[slot] = item
            if only is None or is_true(only(evaluation), body.name):
                found.append(step(evaluation))
        return found

    return render


def maps_optional(body: Body) -> Step:
    """`optMap` and `optFlatMap`: what the body gives for the value of an optional, if it has one."""
    is_flat = body.name == "optFlatMap"

    def render(evaluation: Evaluation) -> Value:
        value = body.over(evaluation)
        if type(value) is not Optional:
            raise misfit(body.name, value)
        if not value.is_present:
            return NONE
        evaluation.spend(body.cost)
        evaluation.variables[body.slot] = value.value
        found = body.step(evaluation)
        if not is_flat:
            return present(found)
        if type(found) is not Optional:
            raise misfit(body.name, found)
        return found

    return render


def is_true(value: Value, name: str) -> bool:
    """The value of a predicate.

    Raises:
        CelError: it is no boolean.
    """
    if type(value) is not bool:
        raise misfit(name, value)
    return value


Iterate: TypeAlias = Callable[[Body], Step]
ITERATE: Final[dict[str, Iterate]] = {
    "all": lambda body: quantifies(body, decides=False),
    "exists": lambda body: quantifies(body, decides=True),
    "exists_one": counts_one,
    "map": maps,
    "filter": filters,
    "optMap": maps_optional,
    "optFlatMap": maps_optional,
}
