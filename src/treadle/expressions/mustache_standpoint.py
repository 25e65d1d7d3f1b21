"""From where an expression of a Trama document looks, and what a path comes to from there."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec import UNSET

from treadle.expressions.nearest import quoted
from treadle.model.expression import Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.requests import Hole

Read: TypeAlias = Callable[[Roots], Json]
"""It gives UNSET for what is missing."""
Path: TypeAlias = tuple[str, ...]
OF_INPUT: Final = ("payload", "input")
OF_STEPS: Final = ("nodes", "prev", "step", "steps")
OF_TEMPLATES: Final = ("sagaId", "sagaName", "sagaVersion", "stepName", "phase", "runtime")
IN_TEMPLATES: Final = (*OF_INPUT, *OF_STEPS, *OF_TEMPLATES)
IN_SWITCHES: Final = (*OF_INPUT, *OF_STEPS)
IN_CALLBACKS: Final = (*OF_INPUT, "callback")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A task, by its id and as the document calls it."""

    node: NodeId
    name: str


class Saga(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for all expressions of a document. `steps` are its tasks in the order written.

    `by_name` finds them by their names and ids. `is_sequence`: they run in that order.
    """

    name: str
    version: str
    steps: tuple[Step, ...]
    by_name: Mapping[str, Step]
    is_sequence: bool


class Standpoint(msgspec.Struct, frozen=True, kw_only=True):
    """From where an expression looks.

    `may_have_run` says which nodes may have been completed by then; `last` holds the steps of which one was
    the last, later ones first. `undone` is the step that a compensation undoes: its answer has to be there,
    or nobody knows what to undo. `itself` is the step whose request this is. `place` completes the sentence
    "there is no ... in".
    """

    saga: Saga
    place: str
    roots: tuple[str, ...] = IN_TEMPLATES
    step_name: str = ""
    phase: str = ""
    last: tuple[Step, ...] = ()
    may_have_run: Callable[[NodeId], bool] = lambda _: False
    undone: Step | None = None
    itself: Step | None = None
    has_callback: bool = False


class Unset(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing is ever there. `word` is none of those `known`; which was meant is slow to find."""

    why: str
    word: str = ""
    known: Collection[str] = ()


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """What a path comes to.

    `paths` are what is read, from the roots that there are. `is_exact`: the value is what stands at the one
    path, or at that of several whose node was completed last, later ones first. `text` is a value known
    beforehand; `hole` has a place in a request and no value yet; `unset`: nothing is ever there.
    """

    read: Read = lambda _: UNSET
    paths: tuple[Path, ...] = ()
    is_exact: bool = False
    text: str | None = None
    hole: Hole | None = None
    unset: Unset | None = None


def never(segments: Sequence[str], why: str) -> Lookup:
    """The lookup of what is never there."""
    return Lookup(unset=Unset(why=f"{quoted('.'.join(segments))}: {why}"))
