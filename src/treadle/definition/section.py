"""One object of a document, read field by field; what is wrong is noted, never raised."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from msgspec import UNSET, UnsetType

from treadle.definition.durations import parse_duration
from treadle.definition.faults import Faults
from treadle.definition.homes import misplaced
from treadle.expressions.braces import OPENING
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import escaped, joined
from treadle.model.json import Json

NO_WORDS: Final[frozenset[str]] = frozenset()
TYPE_NAMES: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    type(None): "null",
}


def type_name(value: Json) -> str:
    """What the value is, with its article."""
    return TYPE_NAMES.get(type(value), "something else")


class Section:
    """The fields of one object; `pointer` is where it stands."""

    def __init__(self, fields: dict[str, Json], pointer: str, faults: Faults) -> None:
        self._fields = fields
        self.pointer = pointer
        self.faults = faults

    @classmethod
    def of(cls, value: Json, pointer: str, faults: Faults, what: str) -> "Section":
        """The section of a value that should be an object; an empty one, with a fault, if it is none."""
        if isinstance(value, dict):
            return cls(value, pointer, faults)
        faults.error(pointer, "wrong_type", f"{what} is an object, not {type_name(value)}")
        return cls({}, pointer, Faults())

    @property
    def fields(self) -> Mapping[str, Json]:
        """The object as it stands."""
        return self._fields

    def at(self, field: str) -> str:
        """The pointer of a field."""
        return f"{self.pointer}/{escaped(field)}"

    def has(self, field: str) -> bool:
        return field in self._fields

    def raw(self, field: str) -> Json | UnsetType:
        """The value as it stands, UNSET if it is not there."""
        return self._fields.get(field, UNSET)

    def items(self) -> Iterator[tuple[str, Json, str]]:
        """Each key with its value and its pointer."""
        for key, value in self._fields.items():
            yield key, value, self.at(key)

    def only(self, known: Collection[str], later: Collection[str] = NO_WORDS) -> None:
        """Note every field that is neither known nor to come."""
        for field in self._fields:
            if field in known:
                continue
            if field in later:
                message = f"`{field}` is not available yet"
                self.faults.error(self.at(field), "unsupported_field", message)
            else:
                hint = misplaced(field, known) or self.faults.hint(field, [*known, *later])
                has = f"known are {', '.join(sorted(known))}"
                message = f"there is no field {quoted(field)} here{hint} ({has})"
                self.faults.error(self.at(field), "unknown_field", message)

    def require(self, field: str, what: str) -> None:
        """Note that a field is missing, if it is."""
        if field not in self._fields:
            self.faults.error(self.pointer, "missing_field", f"`{field}` is missing: {what}")

    def section(self, field: str) -> "Section":
        """The object under a field; an empty one if the field is not there."""
        value = self._fields.get(field, UNSET)
        if value is UNSET:
            return Section({}, self.at(field), self.faults)
        return Section.of(value, self.at(field), self.faults, f"`{field}`")

    def list(self, field: str) -> list[tuple[Json, str]]:
        """The items of the list under a field with their pointers; none if the field is not there."""
        value = self._fields.get(field, UNSET)
        if value is UNSET:
            return []
        if not isinstance(value, list):
            self.wrong_type(field, "a list")
            return []
        return [(item, joined(self.pointer, field, index)) for index, item in enumerate(value)]

    def text(self, field: str) -> str | None:
        """The text under a field, None if it is not there or no text."""
        value = self._fields.get(field, UNSET)
        if isinstance(value, str):
            return value
        if value is not UNSET:
            is_scalar = isinstance(value, int | float)
            self.wrong_type(field, "text: put it in quotes" if is_scalar else "text")
        return None

    def flag(self, field: str, default: bool) -> bool:
        value = self._fields.get(field, UNSET)
        if isinstance(value, bool):
            return value
        if value is not UNSET:
            self.wrong_type(field, "true or false")
        return default

    def integer(self, field: str, low: int, high: int) -> int | None:
        """The integer under a field, within `low` and `high`."""
        value = self._fields.get(field, UNSET)
        if value is UNSET:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong_type(field, "an integer")
            return None
        return value if self._is_within(field, value, low, high) else None

    def number(self, field: str, low: float, high: float) -> float | None:
        """The number under a field, within `low` and `high`."""
        value = self._fields.get(field, UNSET)
        if value is UNSET:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong_type(field, "a number")
            return None
        return float(value) if self._is_within(field, value, low, high) else None

    def duration_ms(self, field: str, low: int = 1) -> int | None:
        """The duration under a field in milliseconds, at least `low`."""
        value = self._fields.get(field, UNSET)
        if value is UNSET:
            return None
        if not isinstance(value, str):
            self.wrong_type(field, "a duration as text, such as `10s`")
            return None
        try:
            ms = parse_duration(value)
        except ValueError as error:
            message = f"{quoted(value)}: {error}{self._rendered(field)}"
            self.faults.error(self.at(field), "invalid_duration", message)
            return None
        if ms < low:
            self.faults.error(self.at(field), "out_of_range", f"`{field}` is at least {low} ms")
            return None
        return ms

    def word(self, field: str, known: Collection[str]) -> str | None:
        """The word under a field, one of `known`."""
        value = self.text(field)
        if value is None or value in known:
            return value
        hint = self.faults.hint(value, known)
        message = (
            f"`{field}` is one of {', '.join(known)}, not {quoted(value)}{hint or self._rendered(field)}"
        )
        self.faults.error(self.at(field), "invalid_value", message)
        return None

    def exclude(self, *fields: str) -> None:
        """Note if more than one of these fields stand together, at the second."""
        written = [field for field in fields if self.has(field)]
        if len(written) > 1:
            message = f"{' and '.join(f'`{field}`' for field in written)} exclude each other: write one"
            self.faults.error(self.at(written[1]), "conflicting_fields", message)

    def wrong_type(self, field: str, expected: str) -> None:
        """Note that a field holds another type."""
        message = f"`{field}` is {expected}, not {type_name(self._fields[field])}"
        self.faults.error(self.at(field), "wrong_type", message + self._rendered(field))

    def _rendered(self, field: str) -> str:
        """What to say of a template where none is."""
        value = self._fields[field]
        return "; nothing is rendered here" if isinstance(value, str) and OPENING in value else ""

    def _is_within(self, field: str, value: float, low: float, high: float) -> bool:
        if low <= value <= high:
            return True
        self.faults.error(self.at(field), "out_of_range", f"`{field}` is between {low:,} and {high:,}")
        return False
