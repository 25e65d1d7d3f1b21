"""The URL of an HTTP call with its query added to it: a text, or the parts of one with holes."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from treadle.expressions.addresses import compile_query_value, compile_url
from treadle.expressions.holes import Filled, Holed, joined_parts
from treadle.expressions.places import Place
from treadle.model.definition import HttpActivity
from treadle.model.expression import Expression, Roots


class Address:
    """What an activity calls: a URL, and what is added to its query, each with its name and `=` before it."""

    def __init__(self, url: Expression, query: Sequence[tuple[str, Expression]] = ()) -> None:
        self._url = url
        self._query = query
        self.expressions: tuple[Expression, ...] = (url, *(value for _, value in query))
        self.has_holes = any(isinstance(found, Holed) for found in self.expressions)

    def __call__(self, roots: Roots) -> tuple[Filled, ...]:
        """The parts in order: at most one, unless there are holes.

        Raises:
            ExpressionError: an expression in it has no value.
        """
        url = _parts(self._url, roots)
        if not self._query:
            return url
        pairs = [(name, *_parts(value, roots)) for name, value in self._query]
        return joined_parts(with_query(url, pairs))


def compile_address(activity: HttpActivity, place: Place) -> Address:
    """The address of an activity.

    Raises:
        InvalidExpression: a template is wrong.
    """
    query = [
        (f"{quote(name, safe='')}=", compile_query_value(value, place, "/query"))
        for name, value in activity.query.items()
    ]
    return Address(compile_url(activity.url, place, "/url"), query)


def _parts(expression: Expression, roots: Roots) -> tuple[Filled, ...]:
    value = expression(roots)
    return value if isinstance(expression, Holed) else (value,)


def with_query(url: Sequence[Filled], pairs: Sequence[tuple[Filled, ...]]) -> Iterator[Filled]:
    """The URL with encoded pairs added to its query, before its fragment."""
    base, fragment = _cut_at_fragment(url)
    has_query = any(isinstance(part, str) and "?" in part for part in base)
    last = base[-1] if base else ""
    is_open = isinstance(last, str) and last.endswith(("?", "&"))
    yield from base
    joint = "?" if not has_query else "" if is_open else "&"
    for pair in pairs:
        yield joint
        yield from pair
        joint = "&"
    yield from fragment


def _cut_at_fragment(url: Sequence[Filled]) -> tuple[list[Filled], list[Filled]]:
    for index, part in enumerate(url):
        if isinstance(part, str) and "#" in part:
            base, mark, fragment = part.partition("#")
            return [*url[:index], base], [mark + fragment, *url[index + 1 :]]
    return list(url), []
