"""A document in the making: which bodies are open, which ids are taken, and which line wrote what."""

from collections.abc import Mapping
from copy import deepcopy

import msgspec

from treadle.model.errors import Fault
from treadle.model.json import Json
from treadle.workflow.checking import NO_NODES, Surroundings, check_document, check_node
from treadle.workflow.drafts import Draft
from treadle.workflow.errors import faulty, misused
from treadle.workflow.lines import Line, calling_line
from treadle.workflow.operands import Origin, Origins
from treadle.workflow.own import reads_own


class Body:
    """A body that nodes are written into; `pointer` is that of the list of them."""

    def __init__(self, nodes: list[Json], pointer: str, surroundings: Surroundings) -> None:
        self.nodes = nodes
        self.pointer = pointer
        self.surroundings = surroundings


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A node in its place: `tree` is its object in the document, which grows with its bodies."""

    id: str
    body: Body
    tree: dict[str, Json]
    pointer: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The line that wrote something; `node` is the id of the node if it is one, or part of one."""

    line: Line
    node: str | None = None

    def __str__(self) -> str:
        return str(self.line) if self.node is None else f"{self.line}, node {self.node!r}"


class Assembly:
    """One document. Nodes are added to the innermost body that is open."""

    def __init__(self, tree: dict[str, Json], root: Body) -> None:
        self.full_name = f"{tree['name']}@{tree['version']}"
        self.origins: Origins = frozenset({Origin(self.full_name)})
        self._tree = tree
        self._open = [root]
        self._ids: dict[str, Line] = {}
        self._written = {"": Written(line=calling_line())}
        self._unopened: dict[str, Written] = {}
        self._is_finished = False

    @property
    def body(self) -> Body:
        """The innermost body that is open."""
        return self._open[-1]

    def add(self, draft: Draft, stub: Mapping[str, Json]) -> Standing:
        """Add a node; `stub` stands for the bodies that it does not have yet.

        Raises:
            WorkflowError: it is wrong by itself, or nothing can be added here.
        """
        self.check_open()
        self.check_origins(draft.origins)
        pointer = f"{self.body.pointer}/{len(self.body.nodes)}"
        tree = draft.whole()
        check_node({**tree, **stub}, self.body.surroundings, pointer)
        self._take_id(draft.id, pointer)
        self.body.nodes.append(tree)
        self.note(pointer, draft.id)
        return Standing(id=draft.id, body=self.body, tree=tree, pointer=pointer)

    def put(self, field: str, value: Json, origins: Origins) -> None:
        """Write a field of the document itself, once.

        Raises:
            WorkflowError: it is wrong by itself, or was written before.
        """
        self.check_open()
        self.check_origins(origins)
        if field in self._tree:
            raise misused(f"`{field}` was said before, at {self._written[f'/{field}']}")
        if reads_own(value):
            raise misused(f"`this` is the node in whose call it stands: `{field}` is that of no node")
        check_document({**NO_NODES, field: value, **self._defaults()})
        self._tree[field] = value
        self.note(f"/{field}", None)

    def note(self, pointer: str, node: str | None) -> None:
        """Remember the line that writes what stands at `pointer`."""
        self._written[pointer] = Written(line=calling_line(), node=node)

    def expect(self, what: str, node: str) -> None:
        """Remember that `what` has to be opened by a `with`."""
        self._unopened[what] = Written(line=calling_line(), node=node)

    def open(self, body: Body, what: str) -> None:
        """Let nodes be added to `body`."""
        self._unopened.pop(what, None)
        self._open.append(body)

    def close(self, body: Body) -> None:
        """Let nodes be added to the body around it again.

        Raises:
            WorkflowError: another body was opened in it and is still open.
        """
        if self.body is not body:
            raise misused("bodies are closed in the order in which `with` opened them, the last one first")
        self._open.pop()

    def check_open(self) -> None:
        """See that something can still be added.

        Raises:
            WorkflowError: the workflow is built.
        """
        if self._is_finished:
            raise misused(f"the workflow {self.full_name!r} is built: nothing can be added to it")

    def check_origins(self, origins: Origins) -> None:
        """See that nothing is read of another workflow's nodes.

        Raises:
            WorkflowError: something is.
        """
        for origin in origins - self.origins:
            message = (
                f"a node of the workflow {origin.workflow!r} is read or named in {self.full_name!r}: "
                "a workflow reads its own nodes only"
            )
            raise misused(message)

    def whole(self) -> Json:
        """A copy of the document as it stands.

        Raises:
            WorkflowError: a body is still open, or was never opened.
        """
        if len(self._open) > 1:
            raise misused("a body is still open: a workflow is built outside of its `with` statements")
        for what, written in self._unopened.items():
            raise misused(f"{what} was never opened (at {written}): write `with` before it")
        return deepcopy(self._tree)

    def finish(self) -> None:
        """Let nothing be added any more."""
        self._is_finished = True

    def written(self, pointer: str) -> Written:
        """The line that wrote what stands at a pointer of the document, or what is around it."""
        while pointer not in self._written:
            pointer = pointer.rpartition("/")[0]
        return self._written[pointer]

    def _take_id(self, node_id: str, pointer: str) -> None:
        if node_id in self._ids:
            message = f"the id `{node_id}` is taken by the node at {self._ids[node_id]}"
            raise faulty([Fault(pointer=f"{pointer}/id", code="duplicate_id", message=message)])
        self._ids[node_id] = calling_line()

    def _defaults(self) -> dict[str, Json]:
        return {"defaults": self._tree["defaults"]} if "defaults" in self._tree else {}
