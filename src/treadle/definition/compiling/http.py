"""`http` -> a closure that renders the request; one without any template is made once."""

from collections.abc import Callable, Sequence

from treadle.definition.compiling.address import Address, compile_address
from treadle.definition.compiling.budgets import with_one_budget
from treadle.definition.compiling.holes import rendered_holes
from treadle.expressions.addresses import compile_header
from treadle.expressions.compiled import NO_ROOTS, Constant
from treadle.expressions.holes import Holed
from treadle.expressions.places import Place
from treadle.expressions.pointers import joined
from treadle.expressions.templates import Template, compile_holed
from treadle.model.definition import HttpActivity
from treadle.model.expression import Expression, Roots
from treadle.model.requests import HoledText, HttpRequest


def compile_http(activity: HttpActivity, place: Place) -> Callable[[Roots], HttpRequest]:
    """The closure; it raises ExpressionError.

    Raises:
        InvalidExpression: a template is wrong.
    """
    address = compile_address(activity, place)
    headers = [(name, compile_header(value, place)) for name, value in activity.headers.items()]
    return http_renderer(activity, address, headers, compile_holed(activity.body, place, "/body"))


def http_renderer(
    activity: HttpActivity, address: Address, headers: Sequence[tuple[str, Expression]], body: Template
) -> Callable[[Roots], HttpRequest]:
    """The closure that puts together what is compiled; what is fixed is taken from the activity."""
    whole = {name: value for name, value in headers if not isinstance(value, Holed)}
    holed = [
        *((joined("/headers", name), value) for name, value in headers if isinstance(value, Holed)),
        *body.holed,
    ]
    names = tuple(activity.headers)
    method, success, follow_redirects = activity.method, activity.success, activity.follow_redirects

    def render(roots: Roots) -> HttpRequest:
        url = address(roots)
        holes = rendered_holes(holed, roots) if holed else ()
        if address.has_holes:
            holes = (HoledText(pointer="/url", parts=url), *holes)
        return HttpRequest(
            method=method,
            url="" if address.has_holes else "".join(part for part in url if isinstance(part, str)),
            headers={name: whole[name](roots) if name in whole else "" for name in names},
            body=body.value(roots),
            success=success,
            follow_redirects=follow_redirects,
            holes=holes,
        )

    expressions = (*address.expressions, body.value, *(value for _, value in headers))
    if body.holed or not all(isinstance(found, Constant) for found in expressions):
        return with_one_budget(render, (*address.expressions, *(value for _, value in headers)), body)
    fixed = render(NO_ROOTS)
    return lambda _: fixed
