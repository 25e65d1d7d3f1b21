"""What is read of the input is something that its schema knows."""

from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.nearest import nearest, quoted
from treadle.model.json import Json

PLAIN: Final = frozenset(
    {
        *("$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "deprecated"),
        *("type", "properties", "required", "additionalProperties", "minProperties", "maxProperties"),
        *("readOnly", "writeOnly", "format"),
    }
)
"""Words of a schema beside which `properties` says all that is said of properties."""
SUGGESTIONS_MAX: Final = 50
"""Unknown properties of one document for which the nearest is looked for; the search is slow."""
PROPERTIES_MAX: Final = 256
"""Properties of one object among which it is looked for."""


def check_inputs(document: ReadDocument, faults: Faults) -> None:
    """Warn of paths that no good input has, or that look like a slip of the pen."""
    inputs = Inputs(document.definition.input_schema)
    for use, read in document.reads("input"):
        message = inputs.fault_of(read)
        if message is not None:
            faults.warn(use.pointer, "input_not_in_schema", message)


class Inputs:
    """The paths that a schema knows, as far down as it says it with `properties` alone."""

    def __init__(self, schema: Json) -> None:
        self._schema = schema
        self._said: dict[tuple[str, ...], str | None] = {}
        self._suggestions = 0

    def fault_of(self, read: tuple[str, ...]) -> str | None:
        """What is wrong with a path, None if nothing is known to be."""
        if read not in self._said:
            self._said[read] = self._look(read)
        return self._said[read]

    def _look(self, read: tuple[str, ...]) -> str | None:
        schema = self._schema
        for depth, name in enumerate(read[1:], start=1):
            is_plain = isinstance(schema, dict) and schema.keys() <= PLAIN
            properties = schema.get("properties") if is_plain else None
            if not isinstance(properties, dict):
                return None
            if name not in properties:
                is_closed = schema.get("additionalProperties") is False
                return self._unknown(properties, read[: depth + 1], ".".join(read), is_closed=is_closed)
            schema = properties[name]
        return None

    def _unknown(
        self, properties: dict[str, Json], read: tuple[str, ...], path: str, *, is_closed: bool
    ) -> str | None:
        near = self._nearest(read[-1], properties)
        if near is None and not is_closed:
            return None
        hint = "" if near is None else f"; did you mean `{near}`?"
        return f"`{path}`: `input_schema` knows no {quoted(read[-1])} in `{'.'.join(read[:-1])}`{hint}"

    def _nearest(self, word: str, properties: dict[str, Json]) -> str | None:
        if self._suggestions >= SUGGESTIONS_MAX or len(properties) > PROPERTIES_MAX:
            return None
        self._suggestions += 1
        return nearest(word, properties)
