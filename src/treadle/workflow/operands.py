"""What conditions are made of: Python's operators write JSON Logic, they compute nothing."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn, TypeAlias

from treadle.model.json import Json


class Origin:
    """The workflow that a reference comes from; two of them are the same only if they are one."""

    def __init__(self, workflow: str) -> None:
        self.workflow = workflow


Origins: TypeAlias = frozenset[Origin]
NOWHERE: Final[Origins] = frozenset()
"""The origins of what can be read in every workflow."""


class Operand(ABC):
    """A side of an operator. `== != < <= > >= + - * / %` compare and compute; `& | ~` are and, or, not.

    Each gives the Logic of the document; nothing is computed before an execution runs.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def _logic(self) -> Json:
        """The JSON Logic of this side."""

    @property
    @abstractmethod
    def _from(self) -> Origins:
        """The workflows that it reads from."""

    def __eq__(self, other: object) -> "Logic":  # type: ignore[override]  # a comparison is written, not made
        return _joined("==", self, other)

    def __ne__(self, other: object) -> "Logic":  # type: ignore[override]  # a comparison is written, not made
        return _joined("!=", self, other)

    __hash__ = None  # type: ignore[assignment]  # what has no equality of its own has no hash

    def __lt__(self, other: "Term") -> "Logic":
        return _joined("<", self, other)

    def __le__(self, other: "Term") -> "Logic":
        return _joined("<=", self, other)

    def __gt__(self, other: "Term") -> "Logic":
        return _joined(">", self, other)

    def __ge__(self, other: "Term") -> "Logic":
        return _joined(">=", self, other)

    def __and__(self, other: "Term") -> "Logic":
        return _joined("and", self, other)

    def __rand__(self, other: "Term") -> "Logic":
        return _joined("and", other, self)

    def __or__(self, other: "Term") -> "Logic":
        return _joined("or", self, other)

    def __ror__(self, other: "Term") -> "Logic":
        return _joined("or", other, self)

    def __invert__(self) -> "Logic":
        return Logic({"!": [self._logic]}, self._from)

    def __add__(self, other: "Number") -> "Logic":
        return _computed("+", self, other)

    def __radd__(self, other: "Number") -> "Logic":
        return _computed("+", other, self)

    def __sub__(self, other: "Number") -> "Logic":
        return _computed("-", self, other)

    def __rsub__(self, other: "Number") -> "Logic":
        return _computed("-", other, self)

    def __mul__(self, other: "Number") -> "Logic":
        return _computed("*", self, other)

    def __rmul__(self, other: "Number") -> "Logic":
        return _computed("*", other, self)

    def __truediv__(self, other: "Number") -> "Logic":
        return _computed("/", self, other)

    def __rtruediv__(self, other: "Number") -> "Logic":
        return _computed("/", other, self)

    def __mod__(self, other: "Number") -> "Logic":
        return _computed("%", self, other)

    def __rmod__(self, other: "Number") -> "Logic":
        return _computed("%", other, self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "this has no value before an execution runs: write `&`, `|`, `~` instead of `and`, `or`, `not`, "
            "`in_(a, b)` instead of `a in b`, and `(a < b) & (b < c)` instead of `a < b < c`"
        )


class Logic(Operand):
    """A condition, or a number that one computes with. It stands in conditions alone, not in templates."""

    __slots__ = ("_origins", "_tree")

    def __init__(self, tree: Json, origins: Origins) -> None:
        self._tree = tree
        self._origins = origins

    @property
    def _logic(self) -> Json:
        return self._tree

    @property
    def _from(self) -> Origins:
        return self._origins

    def __repr__(self) -> str:
        return f"Logic({self._tree!r})"

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("JSON Logic stands in conditions, not in texts: write the text of a `cel(...)`")


Number: TypeAlias = int | float | Operand
Term: TypeAlias = bool | int | float | str | Operand | Sequence["Term"] | Mapping[str, "Term"] | None
"""A side of an operator; a mapping is JSON Logic as documents write it."""
CHAINED: Final = frozenset({"and", "or"})
"""Operators of which `a & b & c` is one, with three arguments."""


def in_(needle: Term, haystack: Term) -> Logic:
    """Whether a value is in a list, or a text in a text."""
    return _joined("in", needle, haystack)


def same(left: Term, right: Term) -> Logic:
    """`===`: equal and of one type, where `==` takes "1" for 1, and null for 0 and for false."""
    return _joined("===", left, right)


def logic_of(term: object) -> Json:
    """The JSON Logic of a side of an operator, or of what a document would write there."""
    if isinstance(term, Operand):
        return term._logic
    if isinstance(term, Mapping):
        return {key: logic_of(nested) for key, nested in term.items()}
    if isinstance(term, list | tuple):
        return [logic_of(nested) for nested in term]
    return term


def origins_of(term: object) -> Origins:
    """The workflows that a side of an operator reads from."""
    if isinstance(term, Operand):
        return term._from
    nested = term.values() if isinstance(term, Mapping) else term if isinstance(term, list | tuple) else ()
    return NOWHERE.union(*(origins_of(one) for one in nested))


def _joined(operator: str, left: object, right: object) -> Logic:
    sides = [logic_of(left), logic_of(right)]
    is_chain = operator in CHAINED and isinstance(left, Logic) and [*left._logic] == [operator]
    arguments = [*sides[0][operator], sides[1]] if is_chain else sides
    return Logic({operator: arguments}, origins_of(left) | origins_of(right))


def _computed(operator: str, left: object, right: object) -> Logic:
    if isinstance(left, str) or isinstance(right, str):
        raise TypeError('texts are put together in an f-string: f"/orders/{order.id}"')
    return _joined(operator, left, right)
