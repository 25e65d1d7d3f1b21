"""What is computed for one request has one budget, in however many texts it stands."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from treadle.expressions.cel.evaluation import Evaluation
from treadle.expressions.compiled import Compiled
from treadle.expressions.holes import Holed
from treadle.expressions.templates import Template
from treadle.model.expression import Expression, Roots

T = TypeVar("T")


def with_one_budget(
    render: Callable[[Roots], T], expressions: Iterable[Expression], template: Template
) -> Callable[[Roots], T]:
    """The closure, which evaluates these expressions and the template as if they were one."""
    computed = sum(isinstance(found, Compiled | Holed) and found.is_computed for found in expressions)
    if computed + template.computed < 2:
        return render
    return lambda roots: render(Evaluation.over(roots))
