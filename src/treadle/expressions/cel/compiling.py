"""What is known while one expression is compiled: its place, its variables, what it reads and may cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

import msgspec
from msgspec import UNSET

from treadle.expressions.cel.evaluation import CelError, Evaluation, Step
from treadle.expressions.cel.syntax import Phrase
from treadle.expressions.cel.values import Value
from treadle.expressions.compiled import NO_ROOTS
from treadle.expressions.faults import PathError
from treadle.expressions.places import Place
from treadle.model.expression import ExpressionError

PLAIN: Final = frozenset({str, int, bool, type(None)})
FIXED_UNITS_MAX: Final = 65_536
"""What may be built while an expression is compiled, out of what is fixed in it."""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled phrase. `cost` is its steps, `fixed` its value if it is always the same.

    `is_json`: the value is a part of what the roots gave, so there is nothing in it that JSON has not.
    `never` says why the phrase has no value, whatever the roots give. `slot` is that of a variable.
    """

    step: Step
    cost: int = 1
    is_json: bool = False
    fixed: Value = UNSET
    never: str | None = None
    slot: int | None = None


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """Where the variable of a macro is kept during an evaluation."""

    slot: int
    is_json: bool


Compile: TypeAlias = Callable[["Compiling", Phrase], Term]


class Compiling:
    """`compilers` says how each type of phrase is compiled."""

    def __init__(self, text: str, place: Place, compilers: Mapping[type[Phrase], Compile]) -> None:
        self.text = text
        self.place = place
        self.reads: set[tuple[str, ...]] = set()
        self.variables: dict[str, Variable] = {}
        self.slots = 0
        """How many variables are kept at the same time."""
        self._open = 0
        self._compilers = compilers
        self._spent = Evaluation(NO_ROOTS, FIXED_UNITS_MAX)

    def term(self, phrase: Phrase) -> Term:
        """Compile a phrase.

        Raises:
            PathError: it is wrong.
        """
        return self._compilers[type(phrase)](self, phrase)

    def written(self, phrase: Phrase) -> str:
        """The text of a phrase."""
        return self.text[phrase.start : phrase.end]

    def made(self, step: Step, parts: Sequence[Term], *, is_json: bool = False, cost: int = 1) -> Term:
        """The term of a step over these parts, `cost` its own; if all of them are fixed it is taken at once.

        A step that errs is left as it is: what is around it may do without its value.
        """
        if all(part.fixed is not UNSET for part in parts):
            return self._taken(step, parts)
        return Term(step=step, cost=cost + sum(part.cost for part in parts), is_json=is_json)

    def _taken(self, step: Step, parts: Sequence[Term]) -> Term:
        cost = 1 + sum(part.cost for part in parts)
        try:
            return fixed(step(self._spent))
        except CelError as error:
            return Term(step=step, cost=cost, never=error.message)
        except ExpressionError:
            return Term(step=step, cost=cost)

    @contextmanager
    def variable(self, name: str, *, is_json: bool) -> Iterator[int]:
        """Give a macro's variable its slot, for as long as its body is compiled."""
        before, slot = self.variables, self._open
        self.variables = {**before, name: Variable(slot=slot, is_json=is_json)}
        self._open += 1
        self.slots = max(self.slots, self._open)
        yield slot
        self.variables, self._open = before, slot


def fixed(value: Value) -> Term:
    """The term of a value that is always the same."""
    return Term(step=lambda _: value, fixed=value, is_json=type(value) in PLAIN)


def fault(code: str, message: str, phrase: Phrase) -> PathError:
    """What is wrong with a phrase."""
    return PathError(code, message, phrase.start)
