"""One row of the page."""

from typing import Final

import msgspec

from treadle.model.json import Json

GIVEN: Final[Json] = {
    "name": " Ada Lo ",
    "id": "a/7 b",
    "n": 7,
    "price": 2.5,
    "at": "2027-01-31T09:30:15.250Z",
    "tags": ["new", "large"],
    "items": [{"sku": "loom", "qty": 1}, {"sku": "yarn", "qty": 0}],
    "address": {"city": "York"},
}
"""The input of every example."""


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """`written` are the forms: `text.indexOf(part, start)`, `a + b`. `gives` is what the example comes to."""

    written: tuple[str, ...]
    meaning: str
    example: str
    gives: Json


def row(written: str | tuple[str, ...], meaning: str, example: str, gives: Json) -> Described:
    """A row of one form or of several."""
    forms = (written,) if isinstance(written, str) else written
    return Described(written=forms, meaning=meaning, example=example, gives=gives)
