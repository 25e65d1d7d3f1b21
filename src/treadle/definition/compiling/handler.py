"""`handler` -> a closure that renders the request; one without any template is made once."""

from collections.abc import Callable

from msgspec import UNSET

from treadle.definition.compiling.budgets import with_one_budget
from treadle.definition.compiling.holes import rendered_holes
from treadle.expressions.compiled import Compiled, Constant
from treadle.expressions.places import Place
from treadle.expressions.templates import compile_holed
from treadle.model.definition import HandlerActivity
from treadle.model.expression import Roots
from treadle.model.requests import HandlerRequest

WHOLE_INPUT = "{{ input }}"


def compile_handler(activity: HandlerActivity, place: Place) -> Callable[[Roots], HandlerRequest]:
    """The closure; it raises ExpressionError. Without an input the handler is given the execution's.

    Raises:
        InvalidExpression: a template is wrong.
    """
    name = activity.name
    given = compile_holed(WHOLE_INPUT if activity.input is UNSET else activity.input, place, "/input")

    value, holed = given.value, given.holed
    if not holed:
        if isinstance(value, Constant):
            fixed = HandlerRequest(name=name, input=value.value)
            return lambda _: fixed
        evaluate = value.evaluate if isinstance(value, Compiled) else value
        return lambda roots: HandlerRequest(name=name, input=evaluate(roots))

    def render(roots: Roots) -> HandlerRequest:
        return HandlerRequest(name=name, input=value(roots), holes=rendered_holes(holed, roots))

    return with_one_budget(render, (), given)
