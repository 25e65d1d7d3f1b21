"""What a user gives becomes what a document holds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from treadle.model.errors import Fault
from treadle.model.ids import Instant
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.workflow.errors import faulty, misused
from treadle.workflow.nodes import Node
from treadle.workflow.operands import NOWHERE, Logic, Operand, Term, logic_of, origins_of
from treadle.workflow.parts import Activity, Part
from treadle.workflow.references import Cel, Read

Value: TypeAlias = bool | int | float | str | Read | Cel | Sequence["Value"] | Mapping[str, "Value"] | None
"""A value with references in it; a text may hold templates."""
Text: TypeAlias = str | Read | Cel
"""A text with templates in it."""
Condition: TypeAlias = Operand | Cel | str | Mapping[str, Term]
"""Written with operators, as a text in CEL, or as JSON Logic with references in it."""
Duration: TypeAlias = timedelta | str
Moment: TypeAlias = datetime | Text

MILLISECOND: Final = timedelta(milliseconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNITS_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
CONDITIONS: Final = frozenset({"when", "while", "loop.until", "success_when", "fail_when"})
"""Fields that hold a condition; one that does so in one kind only has the kind before it."""


class Writing:
    """Writes fields; `origins` are the workflows that was read from in them."""

    def __init__(self) -> None:
        self.origins = NOWHERE

    def fields(self, given: Mapping[str, object], kind: str = "") -> dict[str, Json]:
        """The fields as the language names them: `for_` is `for`."""
        try:
            return {
                name: self._field(value, {name, f"{kind}.{name}"})
                for name, value in ((key.removesuffix("_"), value) for key, value in given.items())
            }
        except RecursionError as error:
            message = "values are nested without an end, or nearly so"
            raise faulty([Fault(pointer="", code="too_deep", message=message)]) from error

    def call(self, caller: str, activity: Activity) -> dict[str, Json]:
        """The activity, as a field of what calls it.

        Raises:
            TypeError: it is no activity.
        """
        if not isinstance(activity, Activity):
            raise TypeError(
                f"{caller}() calls an http(...) or a handler(...), not a {type(activity).__name__}"
            )
        self.origins |= activity.origins
        return dict(activity.tree)

    def value(self, given: object) -> Json:
        """A value in which references stand as templates."""
        if isinstance(given, Read):
            self.origins |= origins_of(given)
            return str(given)
        if isinstance(given, Cel):
            return str(given)
        if isinstance(given, Mapping):
            return {key: self.value(nested) for key, nested in given.items()}
        if isinstance(given, list | tuple):
            return [self.value(nested) for nested in given]
        if isinstance(given, Logic | Node):
            raise misused(_no_value(given))
        return given

    def condition(self, given: object) -> Json:
        """A condition in which references stand as `var`."""
        if isinstance(given, Cel):
            return given.text
        self.origins |= origins_of(given)
        return logic_of(given)

    def _field(self, given: object, names: set[str]) -> Json:
        if isinstance(given, Part):
            self.origins |= given.origins
            return given.tree
        if isinstance(given, Node) and "next" in names:
            self.origins |= given.origins
            return given.id
        if isinstance(given, timedelta):
            return duration_text(given)
        if isinstance(given, datetime):
            return instant_text(given)
        return self.condition(given) if CONDITIONS & names else self.value(given)


def _no_value(given: Logic | Node) -> str:
    if isinstance(given, Node):
        return f"{given!r} is no value: write `.output` after it"
    return f"{given!r} stands where a value is: JSON Logic is for conditions, `cel(...)` for values"


def duration_text(given: timedelta) -> str:
    """The duration as the language writes it, in the largest unit that it is whole in.

    One that the language does not have is written so that its reader says why.
    """
    ms, rest = divmod(given, MILLISECOND)
    if rest:
        return f"PT{given.total_seconds():f}S"
    unit = next(unit for unit, size in UNITS_MS.items() if unit == "ms" or (ms and ms % size == 0))
    return f"{ms // UNITS_MS[unit]}{unit}"


def instant_text(given: datetime) -> str:
    """The instant as the language writes it; without a time zone it is none, as its reader says."""
    if given.utcoffset() is None:
        return given.isoformat()
    return format_instant(Instant((given - EPOCH) // MILLISECOND))
