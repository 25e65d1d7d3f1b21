"""`http` -> a closure that renders the request; one without any template is made once."""

from collections.abc import Callable
from urllib.parse import quote

from treadle.expressions.addresses import compile_header, compile_url, percent_encoded
from treadle.expressions.compiled import NO_ROOTS, Constant
from treadle.expressions.places import Place
from treadle.expressions.templates import compile_template
from treadle.model.definition import HttpActivity
from treadle.model.expression import Expression, Roots
from treadle.model.requests import HttpRequest


def compile_http(activity: HttpActivity, place: Place) -> Callable[[Roots], HttpRequest]:
    """The closure; it raises ExpressionError.

    Raises:
        InvalidExpression: a template is wrong.
    """
    url = compile_url(activity.url, place)
    query = [(quote(name, safe=""), compile_template(value, place)) for name, value in activity.query.items()]
    headers = [(name, compile_header(value, place)) for name, value in activity.headers.items()]
    body = compile_template(activity.body, place)
    method, success, follow_redirects = activity.method, activity.success, activity.follow_redirects

    def render(roots: Roots) -> HttpRequest:
        return HttpRequest(
            method=method,
            url=with_query(url(roots), [(name, percent_encoded(value(roots))) for name, value in query]),
            headers={name: value(roots) for name, value in headers},
            body=body(roots),
            success=success,
            follow_redirects=follow_redirects,
        )

    expressions: list[Expression] = [
        url,
        body,
        *(value for _, value in query),
        *(value for _, value in headers),
    ]
    if not all(isinstance(found, Constant) for found in expressions):
        return render
    fixed = render(NO_ROOTS)
    return lambda _: fixed


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """The URL with encoded pairs added to its query, before its fragment."""
    if not pairs:
        return url
    base, hash_mark, fragment = url.partition("#")
    joint = "?" if "?" not in base else "" if base.endswith(("?", "&")) else "&"
    return base + joint + "&".join(f"{name}={value}" for name, value in pairs) + hash_mark + fragment
