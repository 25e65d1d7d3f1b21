"""What is known while a document is read: the faults, the defaults, and which expression reads what."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from treadle.definition.bounds import DEFAULT_BOUNDS, DocumentBounds
from treadle.definition.faults import Faults
from treadle.definition.logic_slips import note_slips
from treadle.expressions.addresses import compile_header, compile_query_value, compile_url
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import Place
from treadle.expressions.templates import compile_holed
from treadle.expressions.texts import compile_text
from treadle.model.definition import Node
from treadle.model.json import Json
from treadle.model.policies import OnUnknown

Reads: TypeAlias = frozenset[tuple[str, ...]]
NO_ROOTS: Final[frozenset[str]] = frozenset()


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
    """At the end of a run that completed: the `output` of the document."""
    SUCCESS = "success"
    """The same, after an `end` with an output of its own too: the hook `on_success`."""
    STOPPED = "stopped"
    """At the end of a run that may have been stopped anywhere: the hooks `on_failure` and `on_cancel`."""
    ANYWHERE = "anywhere"
    """Wherever a node needs it: what stands in `defaults`."""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One expression: what it reads, and for whom: a node by its pointer, `""` the document.

    What is asked after each turn of a loop has the pointer of that condition as its owner.
    """

    pointer: str
    owner: str
    role: Role
    reads: Reads
    is_condition: bool = False


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """From a node of a graph to the one it names at `pointer`."""

    target: str
    pointer: str


class OutlineBody:
    """The nodes of a body as they stand; `start` is where a graph begins, None in a sequence."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[Outline] = []
        self.is_graph = False
        self.start: Way | None = None


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A node as it stands in the document, before it is known whether it can be read.

    `written` is the object itself, empty for what is none. `ways` are those to other nodes of a graph;
    `has_next`: one of them is taken when no other is.
    """

    id: str | None
    kind: str | None
    pointer: str
    written: Mapping[str, Json] = {}
    has_when: bool
    has_next: bool
    is_compensated: bool
    bodies: list[OutlineBody]
    ways: list[Way]


class CallbackFields(msgspec.Struct, frozen=True, kw_only=True):
    """What a `callback` says; None for what it does not say."""

    timeout_ms: int | None = None
    success_when: Json | None = None
    fail_when: Json | None = None


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What `defaults` says; `retry` holds the fields of a RetryPolicy that are given."""

    timeout_ms: int | None = None
    retry: Mapping[str, Json] = {}
    on_unknown: OnUnknown = OnUnknown.RETRY
    callback: CallbackFields = CallbackFields()


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """For what an expression is read: which roots it has, whose it is and when it runs."""

    place: Place
    owner: str
    role: Role


class Reading:
    """One reading of one document; `nodes` reads a list of nodes, so that kinds can have bodies."""

    def __init__(
        self,
        faults: Faults,
        nodes: "Callable[[Json, str, Reading], tuple[Node, ...]]",
        bounds: DocumentBounds = DEFAULT_BOUNDS,
    ) -> None:
        self.faults = faults
        self.bounds = bounds
        self._nodes = nodes
        self.defaults = Defaults()
        self.root = OutlineBody("")
        self.uses: list[Use] = []
        self._open = self.root
        self._roots: frozenset[str] = frozenset()

    @property
    def open_body(self) -> OutlineBody:
        """The body that nodes are entered into now."""
        return self._open

    def nodes(self, value: Json, pointer: str) -> tuple[Node, ...]:
        """The nodes of the body that is open now."""
        return self._nodes(value, pointer, self)

    def enter(self, outline: Outline) -> None:
        """Add a node to the body that is open now."""
        self._open.nodes.append(outline)

    @contextmanager
    def nested(self, owner: Outline, name: str, roots: frozenset[str] = NO_ROOTS) -> Iterator[None]:
        """Open a new body of `owner`, in which there are these roots besides."""
        before = self._open, self._roots
        self._open, self._roots = OutlineBody(name), self._roots | roots
        owner.bodies.append(self._open)
        yield
        self._open, self._roots = before

    def template(self, value: Json, pointer: str, spot: Spot) -> None:
        """Check a value with templates."""
        self._check(lambda place: compile_holed(value, place, pointer).reads, pointer, spot)

    def text(self, text: str, pointer: str, spot: Spot) -> None:
        """Check a string that is text whatever its templates give."""
        self._check(lambda place: compile_text(text, place, pointer).reads, pointer, spot)

    def url(self, text: str, pointer: str, spot: Spot) -> None:
        self._check(lambda place: compile_url(text, place, pointer).reads, pointer, spot)

    def query_value(self, value: Json, pointer: str, spot: Spot) -> None:
        self._check(lambda place: compile_query_value(value, place, pointer).reads, pointer, spot)

    def header(self, text: str, pointer: str, spot: Spot) -> None:
        self._check(lambda place: compile_header(text, place, pointer).reads, pointer, spot)

    def condition(self, value: Json, pointer: str, spot: Spot) -> None:
        """Check a condition."""
        is_good = self._check(
            lambda place: compile_condition(value, place, pointer).reads, pointer, spot, is_condition=True
        )
        if is_good and isinstance(value, dict):
            note_slips(value, pointer, self.faults)

    def _check(
        self, reads_of: Callable[[Place], Reads], pointer: str, spot: Spot, *, is_condition: bool = False
    ) -> bool:
        """Note what an expression reads, or its faults; whether it has been read without any."""
        if self.faults.is_full:
            return False
        try:
            reads = reads_of(spot.place.within(self._roots))
        except InvalidExpression as error:
            for fault in error.faults:
                self.faults.add(fault)
            return False
        if reads:
            use = Use(
                pointer=pointer, owner=spot.owner, role=spot.role, reads=reads, is_condition=is_condition
            )
            self.uses.append(use)
        return True
