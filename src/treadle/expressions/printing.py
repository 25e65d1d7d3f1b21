"""How a value stands in a text: a string as it is, all else as JSON."""

from json import JSONEncoder
from typing import Final

from treadle.model.expression import ExpressionError
from treadle.model.json import Json

ENCODER: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def printed(value: Json) -> str:
    """The value as text.

    Raises:
        ExpressionError: `unprintable_value` for what JSON has no form for.
    """
    if type(value) is str:
        return value
    try:
        return ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ExpressionError("unprintable_value", f"a value cannot be written as text: {error}") from error
