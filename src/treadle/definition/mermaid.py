"""A definition as a Mermaid flowchart, for documents and terminals that draw one.

It shows what the graph shows, and besides where an execution begins and ends, what is undone and the hooks.
A node with bodies stands in a box with them; the way out of the box is the way on when they are done. Readers
of Mermaid draw 500 edges and 50,000 characters unless they are told otherwise.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from treadle.definition.graph import entry_of, graph
from treadle.definition.mermaid_text import quoted_text
from treadle.definition.nested import Inner, all_nodes, inner_bodies
from treadle.model.definition import Activity, Body, Child, Definition, End, HttpActivity, Node, Switch, Task
from treadle.model.ids import NodeId

INDENT: Final = "    "
SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "task": ("[", "]"),
    "switch": ("{", "}"),
    "sleep": ("(", ")"),
    "wait": ("[/", "/]"),
    "parallel": ("{{", "}}"),
    "race": ("{{", "}}"),
    "each": ("{{", "}}"),
    "loop": ("{{", "}}"),
    "try": ("{{", "}}"),
    "shield": ("{{", "}}"),
    "split": ("{", "}"),
    "child": ("[[", "]]"),
    "emit": (">", "]"),
    "set": ("[(", ")]"),
    "end": ("([", "])"),
}
"""What stands around the text of a node, by its kind."""
NAMED_BY_LABEL: Final = frozenset({"case", "default", "branch"})
"""Ways into a body that are called by their label alone."""
STYLES: Final = (
    "classDef compensated stroke-dasharray:6 3",
    "classDef undo stroke-dasharray:2 2",
    "classDef hook stroke-dasharray:2 2",
)
UNTITLED: Final = quoted_text()
"""The title of a box: the node in it and the way into it say what it is, and a title would lie on them."""
FIRST: Final = "first"
LAST: Final = "last"


class _Ways(NamedTuple):
    """What the drawing calls each node, and where the way on from it begins: at its box, if it has one."""

    names: Mapping[NodeId, str]
    exits: Mapping[NodeId, str]


def mermaid(definition: Definition) -> str:
    """The text of a flowchart, ending with a newline."""
    nodes = list(all_nodes(definition.body))
    names = {node.id: f"n{number}" for number, node in enumerate(nodes, 1)}
    exits = {node.id: f"c{names[node.id][1:]}" if _entries(node) else names[node.id] for node in nodes}
    ways = _Ways(names, exits)
    lines = ["flowchart TD", f'{INDENT}{FIRST}(("start"))']
    lines += _indented(_body(definition.body, names))
    lines.append(f'{INDENT}{LAST}((("end")))')
    lines += _indented(_edges(definition, ways))
    lines += _indented(_hooks(definition))
    return "\n".join([*lines, *_indented(STYLES)]) + "\n"


def _body(body: Body, names: Mapping[NodeId, str]) -> Iterator[str]:
    for node in body.nodes:
        inner = _entries(node)
        if not inner:
            yield _node(node, names)
            yield from _undo(node, names[node.id])
            continue
        yield f"subgraph c{names[node.id][1:]} [{UNTITLED}]"
        yield from _indented([_node(node, names)])
        for number, way in enumerate(inner, 1):
            yield f"{INDENT}subgraph {names[node.id]}b{number} [{UNTITLED}]"
            yield from _indented(_indented(_body(way.body, names)))
            yield f"{INDENT}end"
        yield "end"


def _node(node: Node, names: Mapping[NodeId, str]) -> str:
    kind = kind_of(node)
    opening, closing = SHAPES[kind]
    words = [node.id, kind] if node.label is None else [node.label, node.id, kind]
    is_undone = isinstance(node, Task | Child) and node.compensate is not None
    marked = ":::compensated" if is_undone else ""
    return f"{names[node.id]}{opening}{quoted_text(*words)}{closing}{marked}"


def _edges(definition: Definition, ways: _Ways) -> Iterator[str]:
    entry = entry_of(definition.body)
    yield f"{FIRST} --> {LAST if entry is None else ways.names[entry]}"
    for edge in graph(definition)["edges"]:
        source, target = edge["from"], edge["to"]
        is_way_on = edge["kind"] == "next" and source != target
        begin = ways.exits[source] if is_way_on else ways.names[source]
        label = "" if edge["kind"] == "next" else f"|{quoted_text(_way_name(edge['kind'], edge['label']))}|"
        yield f"{begin} -->{label} {ways.names[target]}"
    for node_id in _leaving(definition.body):
        yield f"{ways.exits[node_id]} --> {LAST}"
    for node in all_nodes(definition.body):
        if isinstance(node, End):
            yield f"{ways.names[node.id]} --> {LAST}"


def _leaving(body: Body) -> Iterator[NodeId]:
    """The nodes of the root body after which the execution ends, but for those whose own word it is."""
    for index, node in enumerate(body.nodes):
        is_last = node.next is None if body.start is not None else index == len(body.nodes) - 1
        if is_last and _goes_on(node):
            yield node.id


def _goes_on(node: Node) -> bool:
    """Whether anything comes after the node but what it names itself."""
    if isinstance(node, Switch):
        return node.default_next is None or any(case.next is None for case in node.cases)
    return not isinstance(node, End)


def _undo(node: Node, name: str) -> Iterator[str]:
    if isinstance(node, Task | Child) and node.compensate is not None:
        yield f"{name}u[{quoted_text('undo', _called(node.compensate.activity))}]:::undo"
        yield f"{name} -.-> {name}u"


def _hooks(definition: Definition) -> Iterator[str]:
    hooks = {
        "on_success": definition.on_success,
        "on_failure": definition.on_failure,
        "on_cancel": definition.on_cancel,
    }
    for word, hook in hooks.items():
        if hook is not None:
            yield f"{word}[{quoted_text(word, _called(hook.activity))}]:::hook"
            yield f"{LAST} -.-> {word}"


def _called(activity: Activity) -> str:
    if isinstance(activity, HttpActivity):
        return f"{activity.method} {activity.url}"
    return activity.name


def _way_name(kind: str, label: str | None) -> str:
    if label is None:
        return kind
    return label if kind in NAMED_BY_LABEL else f"{kind} {label}"


def _entries(node: Node) -> list[Inner]:
    """The bodies of a node that have something in them."""
    return [inner for inner in inner_bodies(node) if inner.body.nodes]


def kind_of(node: Node) -> str:
    """The word that a document says for the kind of a node."""
    return str(node.__struct_config__.tag)


def _indented(lines: Iterator[str] | list[str] | tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        yield f"{INDENT}{line}"
