"""What in a rule of JSON Logic means something else than its author probably meant: templates, brackets."""

import re
from collections.abc import Iterator
from typing import Final

from treadle.definition.faults import Faults
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.model.json import Json

TEMPLATE: Final = re.compile(r"\{\{|\$\{")
BRACKET: Final = re.compile(r"\[([^\[\]]*)\]")
"""An index or a key in brackets, as a path of a template may have it."""
PATH_OPERATORS: Final = frozenset({"var", "val", "missing", "missing_some"})


def note_slips(rule: Json, pointer: str, faults: Faults) -> None:
    """Warn of texts in a rule in which nothing is rendered, and of paths that are read as one name."""
    for text, at, is_path in _texts(rule, pointer, is_path=False):
        if TEMPLATE.search(text):
            message = (
                f"{quoted(text)} is text as it is written: nothing is rendered in JSON Logic; "
                'read a value with `{"var": "input.name"}`'
            )
            faults.warn(at, "template_not_rendered", message)
        elif is_path and BRACKET.search(text):
            meant = BRACKET.sub(lambda found: "." + found[1].strip(" \"'"), text)
            message = f"{quoted(text)}: brackets are part of a name in JSON Logic; write {quoted(meant)}"
            faults.warn(at, "path_in_brackets", message)


def _texts(value: Json, pointer: str, *, is_path: bool) -> Iterator[tuple[str, str, bool]]:
    """Every text with its pointer, and whether it stands where a path is read."""
    if isinstance(value, str):
        yield value, pointer, is_path
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, joined(pointer, index), is_path=is_path)
    elif isinstance(value, dict):
        for operator, given in value.items():
            yield from _texts(given, joined(pointer, operator), is_path=operator in PATH_OPERATORS)
