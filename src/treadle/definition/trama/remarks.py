"""What is said of a document that was imported: what has no equal in this language, or another one."""

from typing import Final

from treadle.model.errors import Fault

REMARKS: Final = {
    "kept_as_text": 'a value that stands alone is kept as text by `{{ "" }}` behind it: without that it is '
    "sent with its type",
    "null_prints_as_null": "what is missing is empty text, as it was; what is null prints as `null`",
    "fails_inside_text": "what is read inside a text or a number fails the node, where it was empty text",
    "never_set": "what is read here never has a value: it is left out",
    "no_equal": "what is read here has no equal: it is left out",
    "one_expression": "the URL is one expression, so that something in it stands as it is: nothing in it is "
    "percent-encoded, and a list or an object in it fails",
    "encoded": "all that is put into the URL is percent-encoded, its beginning as well",
    "read_as_index": "a number in a path is the index of a list",
    "put_in_one_line": "a line break in a header became a blank",
}
OF_ALL: Final = frozenset({"kept_as_text", "null_prints_as_null", "fails_inside_text"})
"""Those that are said once, of the whole document."""


class Remarks:
    """In the order of finding, each once for its place."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Fault] = {}

    def add(self, code: str, pointer: str, more: str = "") -> None:
        """Say it of a place in the document that was read; `more` is about this one place."""
        at = "" if code in OF_ALL else pointer
        message = f"{REMARKS[code]}{f': {more}' if more else ''}"
        self._found.setdefault((at, code, more), Fault(pointer=at, code=code, message=message))

    @property
    def found(self) -> tuple[Fault, ...]:
        return tuple(self._found.values())
