"""What is known while a document is read: the faults, the defaults, and which expression reads what."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from treadle.definition.faults import Faults
from treadle.expressions.addresses import compile_header, compile_url
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import Place
from treadle.expressions.templates import compile_template
from treadle.model.definition import Node
from treadle.model.expression import Expression
from treadle.model.json import Json
from treadle.model.policies import OnUnknown


class Role(StrEnum):
    """When an expression of a node is evaluated, and so what has run by then."""

    BEFORE = "before"
    """Before or on entry of its node: what comes before the node."""
    REQUEST = "request"
    """On entry: the node's own idempotency key is known besides."""
    OUTPUT = "output"
    """When the node's activity has answered."""
    UNDO = "undo"
    """When the node's compensation is armed: the node itself has run."""
    UNDO_UNKNOWN = "undo_unknown"
    """In place of the compensation, when the outcome of the node is unknown."""
    END = "end"
    """At the end of the run: any node may have run."""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One expression: what it reads, and for which node, named by its pointer (`""` is the document)."""

    pointer: str
    owner: str
    role: Role
    reads: frozenset[tuple[str, ...]]
    is_condition: bool = False


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A node as it stands in the document, before it is known whether it can be read."""

    id: str | None
    pointer: str
    bodies: "list[list[Outline]]"


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What `defaults` says; `retry` holds the fields of a RetryPolicy that are given."""

    timeout_ms: int | None = None
    retry: Mapping[str, Json] = {}
    on_unknown: OnUnknown = OnUnknown.RETRY


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """For what an expression is read: which roots it has, whose it is and when it runs."""

    place: Place
    owner: str
    role: Role


class Reading:
    """One reading of one document; `body` reads a list of nodes, so that kinds can have bodies."""

    def __init__(self, faults: Faults, body: "Callable[[Json, str, Reading], tuple[Node, ...]]") -> None:
        self.faults = faults
        self.defaults = Defaults()
        self.uses: list[Use] = []
        self.outline: list[Outline] = []
        self._open = self.outline
        self._body = body

    def body(self, value: Json, pointer: str) -> tuple[Node, ...]:
        """The nodes of a nested body."""
        return self._body(value, pointer, self)

    def enter(self, outline: Outline) -> None:
        """Add a node to the body that is open now."""
        self._open.append(outline)

    def nested(self, owner: Outline) -> "OpenBody":
        """The context in which nodes are entered into a new body of `owner`."""
        return OpenBody(self, owner)

    def swap(self, nodes: list[Outline]) -> list[Outline]:
        """Make `nodes` the open body and return the one that was open."""
        before, self._open = self._open, nodes
        return before

    def template(self, value: Json, pointer: str, spot: Spot) -> None:
        """Check a value with templates."""
        self._check(lambda: compile_template(value, spot.place, pointer), pointer, spot)

    def url(self, text: str, pointer: str, spot: Spot) -> None:
        self._check(lambda: compile_url(text, spot.place, pointer), pointer, spot)

    def header(self, text: str, pointer: str, spot: Spot) -> None:
        self._check(lambda: compile_header(text, spot.place, pointer), pointer, spot)

    def condition(self, value: Json, pointer: str, spot: Spot) -> None:
        """Check a condition."""
        self._check(lambda: compile_condition(value, spot.place, pointer), pointer, spot, is_condition=True)

    def _check(
        self, compile_it: Callable[[], Expression], pointer: str, spot: Spot, *, is_condition: bool = False
    ) -> None:
        if self.faults.is_full:
            return
        try:
            reads = compile_it().reads
        except InvalidExpression as error:
            for fault in error.faults:
                self.faults.add(fault)
            return
        if reads:
            use = Use(
                pointer=pointer, owner=spot.owner, role=spot.role, reads=reads, is_condition=is_condition
            )
            self.uses.append(use)


class OpenBody:
    """While it is open, nodes are entered into a new body of one node."""

    def __init__(self, reading: Reading, owner: Outline) -> None:
        self._reading = reading
        self._owner = owner
        self._before: list[Outline] = []

    def __enter__(self) -> None:
        nodes: list[Outline] = []
        self._owner.bodies.append(nodes)
        self._before = self._reading.swap(nodes)

    def __exit__(self, *_: object) -> None:
        self._reading.swap(self._before)
