"""One evaluation: what it looks at, and what it may still cost; a cost is taken before it arises."""

from collections.abc import Callable
from typing import Final, TypeAlias

from msgspec import UnsetType

from treadle.expressions.cel.values import Value, type_name
from treadle.model.expression import ExpressionError, Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json

OPERATIONS_MAX: Final = 100_000
"""Steps of one evaluation: each phrase of a macro's body counts once an item, long values by their length."""
BUILT_MAX: Final = 1_048_576
"""What one evaluation may build, with all that it builds on the way: about its bytes."""
RESULT_MAX: Final = 4_194_304
"""What its results may weigh, written out: characters of all texts, and eight for each value."""
LIST_UNITS: Final = 8
MAP_UNITS: Final = 32
ENTRY_UNITS: Final = 8
"""What a list, a map and an entry of one count as built."""
ERROR_OPERATIONS: Final = 16
"""What an error costs that is caught: raising it takes as long as so many steps."""
LONG_CHARS: Final = 64
"""Characters that are compared or hashed in one step."""


ARITHMETIC: Final = frozenset("+-*/%")
JUNCTIONS: Final = frozenset({"&&", "||"})
NUMBERS: Final = frozenset({"int", "uint", "double"})


class CelError(Exception):
    """An error of the language: `&&`, `||`, `all` and `exists` may do without the value that is missing."""

    def __init__(self, message: str, code: str = "expression_error") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Evaluation:
    """The roots, and the budget of all expressions that are evaluated over it together.

    It is Roots itself, so that the expressions of one value share one.
    """

    __slots__ = ("built", "operations", "patterns", "result", "roots", "variables")

    def __init__(self, roots: Roots, built: int = BUILT_MAX) -> None:
        self.roots = roots
        self.operations = OPERATIONS_MAX
        self.built = built
        self.result = RESULT_MAX
        self.variables: list[Value] = []
        self.patterns: dict[str, Callable[[Evaluation, str], bool]] = {}

    @classmethod
    def over(cls, roots: Roots) -> "Evaluation":
        """The evaluation that is going on over these roots, or a new one."""
        return roots if type(roots) is cls else cls(roots)

    def root(self, name: str) -> Json | UnsetType:
        return self.roots.root(name)

    def of_execution(self, field: str) -> Json | UnsetType:
        return self.roots.of_execution(field)

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        return self.roots.node(node, field)

    def spend(self, operations: int) -> None:
        """Take from the budget of steps.

        Raises:
            ExpressionError: `expression_operations_max`.
        """
        self.operations -= operations
        if self.operations < 0:
            raise too_costly()

    def build(self, units: int) -> None:
        """Take from what may be built.

        Raises:
            ExpressionError: `expression_built_max`.
        """
        self.built -= units
        if self.built < 0:
            message = f"an expression may build about {BUILT_MAX:,} bytes"
            raise ExpressionError("expression_built_max", message)


Step: TypeAlias = Callable[[Evaluation], Value]


def too_costly() -> ExpressionError:
    """The error of an evaluation without end, or nearly so."""
    message = f"an expression may take {OPERATIONS_MAX:,} steps"
    return ExpressionError("expression_operations_max", message)


def misfit(name: str, *values: Value) -> CelError:
    """The error of a function or an operator that does not take such values."""
    types = [type_name(value) for value in values]
    return CelError(f"`{name}` does not take {' and '.join(types)}{_hint(name, frozenset(types))}")


def _hint(name: str, types: frozenset[str]) -> str:
    """What to write for an operator that does not take values of these types."""
    if name in JUNCTIONS:
        return "; it takes true and false; a default is written `input.?name.orValue(...)`"
    if name not in ARITHMETIC:
        return ""
    if "string" in types:
        return "; write `string(...)` around the other, or `double(...)` around a text that is a number"
    if types <= NUMBERS and "double" in types:
        return "; write `int(...)`" if name == "%" else "; write `double(...)` around the whole number"
    return "; write `int(...)` around the unsigned number" if types <= NUMBERS else ""
