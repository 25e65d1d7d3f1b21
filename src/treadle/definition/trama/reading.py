"""What is known while a Trama document is read: faults, names of steps, and what is checked at the end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from treadle.definition.faults import Faults
from treadle.definition.section import Section
from treadle.definition.trama.calls import NO_CALL, CallRead
from treadle.definition.trama.conditions import Rule
from treadle.definition.trama.names import ids_of
from treadle.expressions.nearest import quoted, suggestion
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.policies import RetryPolicy

HINTS_MAX: Final = 20
"""Words of one document for which the one that was meant is looked for; the search is slow."""


class NodeRead(NamedTuple):
    """Where a node stands, and its calls and conditions, which look at all nodes and are checked at the end.

    `cases` are the conditions of a switch.
    """

    pointer: str
    up: CallRead = NO_CALL
    down: CallRead | None = None
    success_when: Rule | None = None
    fail_when: Rule | None = None
    cases: tuple[Rule, ...] = ()


class Named(NamedTuple):
    """A list of nodes: for each its id, and the label that keeps its name where that is no id."""

    ids: tuple[NodeId, ...]
    labels: tuple[str | None, ...]
    by_name: Mapping[str, NodeId]


class TramaReading:
    """One reading of one document."""

    def __init__(self, faults: Faults, policy: RetryPolicy | None) -> None:
        self.faults = faults
        self.policy = policy
        self.nodes: dict[NodeId, NodeRead] = {}
        self.nameless: set[NodeId] = set()
        """Those that nothing can name: they have a fault of their own."""
        self._hints: dict[str, str] = {}

    def hint(self, word: str, known: Iterable[str]) -> str:
        """`; did you mean ...?`, for as many words as anybody will mend at once."""
        if word and word not in self._hints and len(self._hints) < HINTS_MAX:
            self._hints[word] = suggestion(word, known)
        return self._hints.get(word, "")


def named(items: Sequence[tuple[Json, str]], field: str, reading: TramaReading) -> Named:
    """The names of the nodes in a list, which stand in `field` of each."""
    names = [_name(item, field) for item, _ in items]
    ids = ids_of(names)
    by_name: dict[str, NodeId] = {}
    first: dict[str, str] = {}
    for name, node, (_, pointer) in zip(names, ids, items, strict=True):
        if name in by_name:
            message = f"the name {quoted(name)} is taken by the node at {first[name]}"
            reading.faults.error(f"{pointer}/{field}", "duplicate_id", message)
        elif name:
            by_name[name] = node
            first[name] = pointer
    reading.nameless.update(set(ids) - set(by_name.values()))
    labels = tuple(None if name == node else name for name, node in zip(names, ids, strict=True))
    return Named(ids, labels, by_name)


def check_name(section: Section, field: str, what: str) -> None:
    """Note a name that is missing or blank."""
    section.require(field, what)
    text = section.text(field)
    if text is not None and not text.strip():
        section.faults.error(section.at(field), "invalid_id", f"`{field}` is blank: it is {what}")


def _name(item: Json, field: str) -> str:
    value = item.get(field) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""
