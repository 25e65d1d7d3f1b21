"""What the expressions of a definition read, by whose they are."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from treadle.definition.differing.written import written_fields
from treadle.definition.nested import all_nodes
from treadle.expressions.braces import OPENING
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import ASYNC_REQUEST, CALLBACK, FAILURE_ROOTS, ITEM_ROOTS, TASK_OUTPUT, Place
from treadle.expressions.templates import compile_holed
from treadle.model.definition import Definition, Dialect, Loop, Node, Switch, Task
from treadle.model.ids import NodeId
from treadle.model.json import Json

Path = tuple[str, ...]
Reads = frozenset[Path]
EVERYWHERE: Final = Place(
    name="any place",
    roots=ASYNC_REQUEST.roots | CALLBACK.roots | TASK_OUTPUT.roots | FAILURE_ROOTS | ITEM_ROOTS,
)
"""The document is checked: what an expression reads may be had where it stands."""
NOT_RENDERED: Final = frozenset({"id", "kind", "label", "schema", "next", "when", "while"})
OF_DOCUMENT: Final = ("output", "on_success", "on_failure", "on_cancel")
WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class HasReads(Protocol):
    """Whatever an expression is compiled to."""

    @property
    def reads(self) -> Reads: ...


def reads_of_nodes(definition: Definition) -> dict[NodeId, Reads]:
    """What each node reads, without what stands in its bodies."""
    known = frozenset(node.id for node in all_nodes(definition.body))
    language = _words_read(known) if definition.dialect is Dialect.TRAMA else _paths_read
    return {node.id: language(_conditions(node), _templates(node)) for node in all_nodes(definition.body)}


def reads_of_document(definition: Definition) -> dict[str, Reads]:
    """What the output and each hook read, by their fields."""
    known = frozenset(node.id for node in all_nodes(definition.body))
    language = _words_read(known) if definition.dialect is Dialect.TRAMA else _paths_read
    fields = written_fields(definition)
    return {name: language((), fields[name]) for name in OF_DOCUMENT if name in fields}


def nodes_read(reads: Iterable[Path]) -> set[NodeId]:
    """The nodes of which something is read."""
    return {NodeId(path[1]) for path in reads if path[0] == "nodes" and len(path) > 1}


def variables_read(reads: Iterable[Path]) -> set[str]:
    """The variables of which something is read."""
    return {path[1] for path in reads if path[0] == "vars" and len(path) > 1}


def _conditions(node: Node) -> list[Json]:
    found = [node.when]
    if isinstance(node, Loop):
        found += [node.while_, node.until]
    elif isinstance(node, Switch):
        found += [case.when for case in node.cases]
    elif isinstance(node, Task) and node.callback is not None:
        found += [node.callback.success_when, node.callback.fail_when]
    return [condition for condition in found if condition is not None]


def _templates(node: Node) -> Json:
    """All that is rendered, and some words that never have a template in them."""
    skipped = NOT_RENDERED | ({"until"} if isinstance(node, Loop) else set())
    skipped |= {"cases"} if isinstance(node, Switch) else {"callback"} if isinstance(node, Task) else set()
    return {name: value for name, value in written_fields(node).items() if name not in skipped}


def _paths_read(conditions: Iterable[Json], templates: Json) -> Reads:
    found: set[Path] = set()
    for condition in conditions:
        found |= _tried(compile_condition, condition)
    for text in _texts(templates):
        if OPENING in text:
            found |= _tried(compile_holed, text)
    return frozenset(found)


def _tried(compiled: Callable[[Json, Place], HasReads], written: Json) -> Reads:
    """What cannot be compiled is a fault of a definition that was made by hand: it reads nothing."""
    try:
        return compiled(written, EVERYWHERE).reads
    except InvalidExpression:
        return frozenset()


def _words_read(known: frozenset[NodeId]) -> Callable[[Iterable[Json], Json], Reads]:
    """In another language of templates: every node whose id stands in a text that has a template in it."""

    def read(conditions: Iterable[Json], templates: Json) -> Reads:
        texts = [*_texts(list(conditions)), *(text for text in _texts(templates) if OPENING in text)]
        words = {word for text in texts for word in WORD.findall(text)}
        return frozenset(("nodes", word) for word in known & words)

    return read


def _texts(value: Json) -> Iterator[str]:
    """Every text in a value, keys apart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
