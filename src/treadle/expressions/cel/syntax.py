"""What an expression is made of, as it was written: frozen phrases with their place in the text."""

from typing import Literal as OneOf
from typing import TypeAlias

import msgspec

from treadle.expressions.cel.values import Value


class Phrase(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """From `start` to `end` (exclusive) of the text; `height` counts the phrases inside each other."""

    start: int
    end: int
    height: int = 1


class Fixed(Phrase, frozen=True, kw_only=True, gc=False):
    """A literal."""

    value: Value


class Name(Phrase, frozen=True, kw_only=True, gc=False):
    """A root, a variable of a macro, or a type."""

    name: str


class Select(Phrase, frozen=True, kw_only=True, gc=False):
    """`operand.field`, or `operand.?field`."""

    operand: Phrase
    field: str
    is_optional: bool = False


class Index(Phrase, frozen=True, kw_only=True, gc=False):
    """`operand[key]`, or `operand[?key]`."""

    operand: Phrase
    key: Phrase
    is_optional: bool = False


class Call(Phrase, frozen=True, kw_only=True, gc=False):
    """`function(arguments)`, or `target.function(arguments)`."""

    function: str
    arguments: tuple[Phrase, ...]
    target: Phrase | None = None


class Operation(Phrase, frozen=True, kw_only=True, gc=False):
    """An operator with one operand or two."""

    operator: str
    operands: tuple[Phrase, ...]


class Junction(Phrase, frozen=True, kw_only=True, gc=False):
    """Two or more operands with `&&` between them, or with `||`."""

    operator: str
    operands: tuple[Phrase, ...]


class Choice(Phrase, frozen=True, kw_only=True, gc=False):
    """`condition ? then : otherwise`."""

    condition: Phrase
    then: Phrase
    otherwise: Phrase


class Element(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An element of a list; an optional one is left out when there is nothing in it."""

    value: Phrase
    is_optional: bool = False


class ListOf(Phrase, frozen=True, kw_only=True, gc=False):
    elements: tuple[Element, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A key of a map with its value; an optional one is left out when there is nothing in it."""

    key: Phrase
    value: Phrase
    is_optional: bool = False


class MapOf(Phrase, frozen=True, kw_only=True, gc=False):
    entries: tuple[Entry, ...]


class Presence(Phrase, frozen=True, kw_only=True, gc=False):
    """`has(selected)`."""

    selected: Select


Loop: TypeAlias = OneOf["all", "exists", "exists_one", "map", "filter", "optMap", "optFlatMap"]


class Iteration(Phrase, frozen=True, kw_only=True, gc=False):
    """A macro: `body` for each element of `over`; `only` is the predicate of a map with three arguments."""

    kind: Loop
    over: Phrase
    variable: str
    body: Phrase
    only: Phrase | None = None
