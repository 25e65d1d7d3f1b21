"""What a compiled template or condition is to the core: a closure that says what it reads."""

from typing import Protocol

from msgspec import UnsetType

from treadle.model.ids import NodeId
from treadle.model.json import Json


class Roots(Protocol):
    """What an expression may look at. UNSET means that there is nothing of that name now."""

    def root(self, name: str) -> Json | UnsetType:
        """The value of `input vars execution failure item index body status headers`."""
        ...

    def of_execution(self, field: str) -> Json | UnsetType:
        """One of `id business_key run started_at`: what the root `execution` has under that name."""
        ...

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        """One of `output response status attempts idempotency_key` of the newest visit of `node`.

        Or `closed`: the `seq` of the event that completed that visit, which no author reads. It tells
        which of several nodes was completed last.
        """
        ...


class Expression(Protocol):
    """A compiled template or condition."""

    @property
    def reads(self) -> frozenset[tuple[str, ...]]:
        """The paths it reads, each from its root: `("nodes", "pay", "output", "id")`."""
        ...

    def __call__(self, roots: Roots) -> Json:
        """The value.

        Raises:
            ExpressionError: a segment is missing or the evaluation failed.
        """
        ...


class ExpressionError(Exception):
    """An expression has no value. `code` is `missing_variable`, `condition_error` or a bound's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
