"""What CEL gives becomes JSON: times, bytes and types as text; what has no form there is refused.

What it would weigh when it is written out is looked at first: a value may stand in it many times.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final

from treadle.expressions.cel.evaluation import RESULT_MAX, Evaluation
from treadle.expressions.cel.times import duration_text, timestamp_text
from treadle.expressions.cel.values import Duration, Timestamp, TypeName, Uint, Value, type_name
from treadle.expressions.weighing import VALUE_WEIGHT
from treadle.model.expression import ExpressionError
from treadle.model.json import Json

PLAIN: Final = frozenset({int, bool, type(None)})
TEXTS: Final[Mapping[type, Callable[[Value], Json]]] = {
    Uint: int,
    bytes: lambda value: b64encode(value).decode("ascii"),
    Timestamp: timestamp_text,
    Duration: duration_text,
    TypeName: lambda value: value.name,
}


def as_json(evaluation: Evaluation, value: Value) -> Json:
    """The value as JSON; keys of a map as text.

    Raises:
        ExpressionError: `expression_result_max`, or `unprintable_value` for what JSON has no form for.
    """
    if not _weigh(evaluation, value):
        return value
    try:
        return _converted(value)
    except RecursionError as error:
        raise ExpressionError("unprintable_value", "a value is nested too deep") from error


def _weigh(evaluation: Evaluation, value: Value) -> bool:
    """Take the weight from the budget; whether anything in the value is no JSON as it is."""
    waiting = [value]
    needs_converting = False
    while waiting:
        found = waiting.pop()
        kind = type(found)
        weight = VALUE_WEIGHT
        if kind is str:
            weight += len(found)
        elif kind is list:
            evaluation.spend(len(found))
            waiting.extend(found)
        elif kind is dict:
            evaluation.spend(len(found))
            weight += sum(len(key) if type(key) is str else VALUE_WEIGHT for key in found)
            needs_converting = needs_converting or not all(type(key) is str for key in found)
            waiting.extend(found.values())
        elif kind is bytes:
            weight += 2 * len(found)
            needs_converting = True
        elif kind not in PLAIN:
            needs_converting = True
        evaluation.result -= weight
        if evaluation.result < 0:
            message = f"an expression may give about {RESULT_MAX:,} bytes of JSON"
            raise ExpressionError("expression_result_max", message)
    return needs_converting


def _converted(value: Value) -> Json:
    kind = type(value)
    if kind is str or kind in PLAIN or (kind is float and isfinite(value)):
        return value
    if kind is list:
        return [_converted(item) for item in value]
    if kind is dict:
        return _converted_map(value)
    text_of = TEXTS.get(kind)
    if text_of is None:
        raise _unprintable(value)
    return text_of(value)


def _converted_map(value: dict[Value, Value]) -> Json:
    found = {str(int(key)) if isinstance(key, int) else key: _converted(item) for key, item in value.items()}
    if len(found) < len(value):
        raise ExpressionError("unprintable_value", "two keys of a map are the same as text")
    return found


def _unprintable(value: Value) -> ExpressionError:
    what = type_name(value)
    if what == "double":
        return ExpressionError("unprintable_value", f"JSON has no number for {value}")
    hint = ": say with `.orValue(...)` what it is if there is nothing" if what == "optional_type" else ""
    return ExpressionError("unprintable_value", f"JSON has no value for {what}{hint}")
