"""What msgspec says of a value that does not fit, as a fault with a JSON Pointer."""

import re
from typing import Final

import msgspec

from treadle.model.errors import Fault

PLACED: Final = re.compile(r"(?s)(?P<what>.*?)(?: - at `(?P<key>key` in `)?\$(?P<place>[^`]*)`)?")
FIELD: Final = re.compile(
    r"Object (?P<how>contains unknown|missing required) field `(?P<name>.*)`", re.DOTALL
)
STEP: Final = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>\d+)\]")
FIELD_CHARS_MAX: Final = 80


def fault_of(error: msgspec.ValidationError) -> Fault:
    """The first thing that does not fit, and where."""
    placed = PLACED.fullmatch(str(error))
    what, place = (placed["what"], placed["place"] or "") if placed is not None else (str(error), "")
    pointer = "".join(f"/{step['name'] or step['index']}" for step in STEP.finditer(place))
    field = FIELD.fullmatch(what)
    if field is None:
        return Fault(pointer=pointer, code="invalid_value", message=_lowered(what))
    name = field["name"]
    if field["how"] == "missing required":
        return Fault(pointer=pointer, code="missing_field", message=f"`{name}` is missing")
    message = f"there is no field `{name[:FIELD_CHARS_MAX]}` here"
    return Fault(pointer=f"{pointer}/{_escaped(name)}", code="unknown_field", message=message)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _escaped(name: str) -> str:
    """The name as a step of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")
