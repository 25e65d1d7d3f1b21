"""JSON Logic of a Trama document with the paths that this language has."""

from typing import Final

from treadle.definition.trama.conditions import Rule
from treadle.definition.trama.native_paths import Native
from treadle.expressions.conditions import CONDITION_BYTES_MAX
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.mustache_conditions import as_rule
from treadle.expressions.mustache_roots import look_up
from treadle.expressions.mustache_standpoint import Lookup, Path
from treadle.expressions.printing import ENCODER
from treadle.model.errors import Fault
from treadle.model.json import Json

OF_ITEMS: Final = frozenset({"map", "filter", "all", "none", "some", "reduce"})
"""Operators whose second argument looks at items, not at roots."""
NOWHERE: Final = "execution.id"
"""A text, under which a path is looked for in vain."""


def native_rule(rule: Rule, native: Native) -> Json:
    """The rule in this language.

    Raises:
        InvalidExpression: it would be longer than a condition may be.
    """
    found = as_rule(_rewritten(rule.value, rule.pointer, native))
    if len(ENCODER.encode(found).encode("utf-8", "replace")) <= CONDITION_BYTES_MAX:
        return found
    message = f"written in this language the condition has more than {CONDITION_BYTES_MAX} bytes"
    raise InvalidExpression((Fault(pointer=rule.pointer, code="expression_too_long", message=message),))


def _rewritten(rule: Json, pointer: str, native: Native) -> Json:
    if isinstance(rule, list):
        return [_rewritten(item, pointer, native) for item in rule]
    if not isinstance(rule, dict) or len(rule) != 1:
        return rule
    ((operator, arguments),) = rule.items()
    if operator == "var":
        return _variable(arguments, pointer, native)
    if operator == "val" and isinstance(arguments, list):
        return _variable(".".join(map(str, arguments)), pointer, native)
    if operator == "missing":
        return {operator: _named(arguments, pointer, native)}
    if operator == "missing_some" and isinstance(arguments, list) and len(arguments) > 1:
        return {operator: [arguments[0], _named(arguments[1], pointer, native)]}
    if operator in OF_ITEMS and isinstance(arguments, list):
        rewritten = [_rewritten(item, pointer, native) for item in arguments]
        return {operator: [*rewritten[:1], *arguments[1:2], *rewritten[2:]]}
    return {operator: _rewritten(arguments, pointer, native)}


def _variable(arguments: Json, pointer: str, native: Native) -> Json:
    """A path with its default; of several nodes, that of the last that has been completed."""
    given = arguments if isinstance(arguments, list) else [arguments]
    default = [_rewritten(item, pointer, native) for item in given[1:]]
    lookup = _looked_up(given[0] if given else "", pointer, native)
    if lookup is None:
        return default[0] if default else None
    paths = (_dotted(path) for path in lookup.paths)
    *before, last = ({"var": [path, *default] if default else path} for path in paths)
    chosen: Json = last
    for path, value in reversed(list(zip(lookup.paths, before, strict=False))):
        is_done: Json = {"==": [{"var": f"nodes.{path[1]}.status"}, "completed"]}
        chosen = {"if": [is_done, value, chosen]}
    return chosen


def _named(arguments: Json, pointer: str, native: Native) -> Json:
    """The names of paths that are looked for."""
    given = arguments if isinstance(arguments, list) else [arguments]
    given = given[0] if len(given) == 1 and isinstance(given[0], list) else given
    found: list[Json] = []
    for item in given:
        lookup = _looked_up(item, pointer, native)
        nowhere = f"{NOWHERE}.{item}" if isinstance(item, str) else NOWHERE
        found.append(nowhere if lookup is None else _dotted(lookup.paths[0]))
    return found


def _looked_up(path: Json, pointer: str, native: Native) -> Lookup | None:
    """What a path comes to; None, with a remark, if nothing here is equal to it."""
    if isinstance(path, dict | list):
        native.remarks.add("no_equal", pointer, "a path that is put together")
        return None
    lookup = look_up(tuple(str(path).split(".")), native.stand)
    return lookup if native.has_equal(lookup, pointer) else None


def _dotted(path: Path) -> str:
    return ".".join(path)
