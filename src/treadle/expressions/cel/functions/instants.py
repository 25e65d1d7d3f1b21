"""What a calendar in UTC, or at an offset from it, says of an instant; and the parts of a length of time."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from treadle.expressions.cel.evaluation import Evaluation, misfit
from treadle.expressions.cel.functions.function import Function, Functions
from treadle.expressions.cel.times import SECOND_NS, date_of, read_offset
from treadle.expressions.cel.values import Duration, Timestamp, Value

MS_NS: Final = 1_000_000


def _of_date(name: str, part: Callable[[datetime], int]) -> Function:
    def get(_: Evaluation, value: Value, zone: Value = "UTC") -> Value:
        if type(value) is not Timestamp or type(zone) is not str:
            raise misfit(name, value, zone)
        return part(date_of(value.ns // SECOND_NS + read_offset(zone)))

    return get


def _of_both(name: str, part: Callable[[datetime], int], unit_ns: int) -> Function:
    """Of an instant its part; of a length of time how many of the unit are in the whole of it."""
    of_date = _of_date(name, part)

    def get(evaluation: Evaluation, value: Value, *zone: Value) -> Value:
        if type(value) is Duration and not zone:
            return _whole_units(value.ns, unit_ns)
        return of_date(evaluation, value, *zone)

    return get


def _milliseconds(_: Evaluation, value: Value, zone: Value = "UTC") -> Value:
    """The milliseconds within the second."""
    if type(value) is Duration and zone == "UTC":
        rest = abs(value.ns) % SECOND_NS
        return _whole_units(-rest if value.ns < 0 else rest, MS_NS)
    if type(value) is not Timestamp or type(zone) is not str:
        raise misfit("getMilliseconds", value, zone)
    read_offset(zone)
    return value.ns % SECOND_NS // MS_NS


def _whole_units(ns: int, unit_ns: int) -> int:
    return ns // unit_ns if ns >= 0 else -(-ns // unit_ns)


GETTERS: Final[dict[str, Function]] = {
    "getFullYear": _of_date("getFullYear", lambda date: date.year),
    "getMonth": _of_date("getMonth", lambda date: date.month - 1),
    "getDate": _of_date("getDate", lambda date: date.day),
    "getDayOfMonth": _of_date("getDayOfMonth", lambda date: date.day - 1),
    "getDayOfWeek": _of_date("getDayOfWeek", lambda date: date.isoweekday() % 7),
    "getDayOfYear": _of_date("getDayOfYear", lambda date: date.timetuple().tm_yday - 1),
    "getHours": _of_both("getHours", lambda date: date.hour, 3_600 * SECOND_NS),
    "getMinutes": _of_both("getMinutes", lambda date: date.minute, 60 * SECOND_NS),
    "getSeconds": _of_both("getSeconds", lambda date: date.second, SECOND_NS),
    "getMilliseconds": _milliseconds,
}
METHODS: Final[Functions] = {(name, count): get for name, get in GETTERS.items() for count in (1, 2)}
