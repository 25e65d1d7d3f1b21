"""Where an expression stands decides what it may read."""

from typing import Final

import msgspec

COMMON: Final = frozenset({"input", "vars", "nodes", "execution"})
"""Roots that every place has."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`name` completes the sentence "... is not to be had in"."""

    name: str
    roots: frozenset[str] = COMMON


REQUEST: Final = Place(name="a request")
CONDITION: Final = Place(name="a condition")
SLEEP: Final = Place(name="a sleep")
TASK_OUTPUT: Final = Place(name="the output of a task", roots=COMMON | {"body", "status", "headers"})
DOCUMENT_OUTPUT: Final = Place(name="the output of the document")
HOOK: Final = Place(name="this hook")
FAILURE_HOOK: Final = Place(name="this hook", roots=COMMON | {"failure"})
