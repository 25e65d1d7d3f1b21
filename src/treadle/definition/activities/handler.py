"""`handler`: a Python function by its name, with the input it is given."""

from typing import Final

from msgspec import UNSET

from treadle.definition.reading import Reading, Spot
from treadle.definition.section import Section
from treadle.expressions.braces import OPENING
from treadle.expressions.nearest import quoted
from treadle.model.definition import HandlerActivity
from treadle.model.json import Json

WORDS: Final = ("name", "input")
NAME_CHARS_MAX: Final = 256


def read_handler(value: Json, pointer: str, reading: Reading, spot: Spot) -> HandlerActivity:
    """Read a handler: a name, or an object with a name and an input."""
    if isinstance(value, str):
        _check_name(value, pointer, reading)
        return HandlerActivity(name=value)
    section = Section.of(value, pointer, reading.faults, "`handler` is the name of one or")
    section.only(WORDS)
    section.require("name", "the name that the handler is registered under")
    name = section.text("name")
    if name is not None:
        _check_name(name, section.at("name"), reading)
    given = section.raw("input")
    if given is not UNSET:
        reading.template(given, section.at("input"), spot)
    return HandlerActivity(name=name or "", input=given)


def _check_name(name: str, pointer: str, reading: Reading) -> None:
    is_good = 0 < len(name) <= NAME_CHARS_MAX and name.isprintable() and name == name.strip()
    is_good = is_good and OPENING not in name
    if not is_good:
        form = f"1 to {NAME_CHARS_MAX} characters, no blank around, no template"
        message = f"{quoted(name)} is no name of a handler: {form}"
        reading.faults.error(pointer, "invalid_name", message)
