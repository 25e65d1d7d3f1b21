"""The calls that are no functions: their arguments are evaluated more than once, or not at all."""

from collections.abc import Mapping
from typing import Final, cast

from treadle.expressions.cel.syntax import Call, Iteration, Loop, Name, Phrase, Presence, Select
from treadle.expressions.faults import PathError

ITERATIONS: Final[Mapping[tuple[str, int], str]] = {
    ("all", 2): "all",
    ("exists", 2): "exists",
    ("exists_one", 2): "exists_one",
    ("existsOne", 2): "exists_one",
    ("map", 2): "map",
    ("map", 3): "map",
    ("filter", 2): "filter",
    ("optMap", 2): "optMap",
    ("optFlatMap", 2): "optFlatMap",
}
"""(name, number of arguments) -> what it does."""
MACRO_NAMES: Final = frozenset({"has", *(name for name, _ in ITERATIONS)})


def expanded(call: Call) -> Phrase:
    """The call itself, or the phrase of a macro.

    Raises:
        PathError: the arguments are none that the macro takes.
    """
    if call.function not in MACRO_NAMES:
        return call
    if call.function == "has":
        return call if call.target is not None else _presence(call)
    kind = ITERATIONS.get((call.function, len(call.arguments)))
    if call.target is None or kind is None:
        return call
    return _iteration(call, call.target, kind)


def _presence(call: Call) -> Phrase:
    if len(call.arguments) != 1 or not isinstance(call.arguments[0], Select):
        message = "`has` asks for a field: `has(input.note)`"
        raise PathError("invalid_expression", message, call.start)
    return Presence(start=call.start, end=call.end, height=call.height, selected=call.arguments[0])


def _iteration(call: Call, over: Phrase, kind: str) -> Phrase:
    variable, *only, body = call.arguments
    if not isinstance(variable, Name):
        message = f"the first argument of `{call.function}` is the name of its variable"
        raise PathError("invalid_expression", message, variable.start)
    return Iteration(
        start=call.start,
        end=call.end,
        height=call.height,
        kind=cast(Loop, kind),
        over=over,
        variable=variable.name,
        body=body,
        only=only[0] if only else None,
    )
