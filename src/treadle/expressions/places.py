"""Where an expression stands decides what it may read."""

from typing import Final

import msgspec

COMMON: Final = frozenset({"input", "vars", "nodes", "execution"})
"""Roots that every place has."""
SENT_ROOTS: Final = frozenset({"secrets"})
"""Roots of what is sent: filled in then, and never kept."""
ITEM_ROOTS: Final = frozenset({"item", "index"})
"""Roots of the body of an `each`."""
TURN_ROOTS: Final = frozenset({"index"})
"""Roots of the body and the conditions of a `loop`."""
FAILURE_ROOTS: Final = frozenset({"failure"})
"""Roots of the body of a `catch`, and of the hook `on_failure`."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`name` completes the sentence "... is not to be had in"."""

    name: str
    roots: frozenset[str] = COMMON

    def within(self, roots: frozenset[str]) -> "Place":
        """The same place inside bodies that have these roots besides."""
        return self if roots <= self.roots else Place(name=self.name, roots=self.roots | roots)


REQUEST: Final = Place(name="this request", roots=COMMON | SENT_ROOTS)
ASYNC_REQUEST: Final = Place(name="the request of an async task", roots=COMMON | SENT_ROOTS | {"callback"})
CONDITION: Final = Place(name="a condition")
CALLBACK: Final = Place(name="a condition on a callback", roots=COMMON | {"body", "headers"})
SLEEP: Final = Place(name="a sleep")
VALUE: Final = Place(name="this value")
TASK_OUTPUT: Final = Place(name="the output of a task", roots=COMMON | {"body", "status", "headers"})
DOCUMENT_OUTPUT: Final = Place(name="the output of the document")
HOOK: Final = Place(name="this hook", roots=COMMON | SENT_ROOTS)
FAILURE_HOOK: Final = Place(name="this hook", roots=COMMON | SENT_ROOTS | FAILURE_ROOTS)
