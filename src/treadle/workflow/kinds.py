"""Every kind of node, as a method that writes one into the body that is open."""

from collections.abc import Mapping
from typing import Final, Literal, Unpack

from treadle.model.json import Json
from treadle.workflow.assembly import Assembly
from treadle.workflow.composites import Attempted, Branching, Enclosing, Splitting
from treadle.workflow.drafts import Draft
from treadle.workflow.fields import (
    ChildFields,
    EachFields,
    EmitFields,
    EnclosingFields,
    EndFields,
    LoopFields,
    NodeFields,
    SleepFields,
    TaskFields,
    WaitFields,
)
from treadle.workflow.nodes import Node
from treadle.workflow.openings import empty_fields
from treadle.workflow.parts import Activity
from treadle.workflow.switching import Switching
from treadle.workflow.writing import Value

NO_ROOTS: Final[frozenset[str]] = frozenset()
TURN: Final = frozenset({"index"})
ITEM: Final = frozenset({"item", "index"})
A_BRANCH: Final[Mapping[str, Json]] = {"branches": {"a": []}}
A_WEIGHED_BRANCH: Final[Mapping[str, Json]] = {"branches": {"a": {"weight": 1, "steps": []}}}


class Kinds:
    """A method for each kind. The first argument is the id of the node, unique in the workflow.

    What is wrong with a node by itself is refused by the call that writes it, with the fault that the reader
    of documents gives. `WorkflowError` is raised for it by every method, and `TypeError` for a keyword that
    the kind does not have.
    """

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def task(self, id_: str, activity: Activity, /, **fields: Unpack[TaskFields]) -> Node:
        """One activity, with its policies, its undo and what is made of its answer."""
        is_async = "callback" in fields and "mode" not in fields
        draft = Draft("task", id_, {**fields, "mode": "async"} if is_async else fields, TaskFields)
        draft.call(activity)
        return self._node(draft)

    def sleep(self, id_: str, /, **fields: Unpack[SleepFields]) -> Node:
        """A pause `for_` a duration or `until` an instant."""
        return self._node(Draft("sleep", id_, fields, SleepFields))

    def wait(self, id_: str, /, **fields: Unpack[WaitFields]) -> Node:
        """A wait for a `signal`, for `any` of several, or for `all` of them."""
        draft = Draft("wait", id_, fields, WaitFields)
        for several in ("any", "all"):
            if isinstance(draft.tree.get(several), list):
                draft.tree[several] = [{"signal": name} for name in draft.tree[several]]
        return self._node(draft)

    def child(self, id_: str, definition: "str | Kinds", /, **fields: Unpack[ChildFields]) -> Node:
        """An execution of another definition: `name`, `name@version`, or a workflow itself."""
        draft = Draft("child", id_, fields, ChildFields)
        draft.tree["definition"] = definition.full_name if isinstance(definition, Kinds) else definition
        return self._node(draft)

    def emit(self, id_: str, /, **fields: Unpack[EmitFields]) -> Node:
        """A message to a stream, which is not waited for."""
        return self._node(Draft("emit", id_, fields, EmitFields))

    def set(self, id_: str, vars_: Mapping[str, Value], /, **fields: Unpack[NodeFields]) -> Node:
        """New values of `vars`."""
        draft = Draft("set", id_, fields, NodeFields)
        draft.put("vars", vars_)
        return self._node(draft)

    def end(self, id_: str, status: Literal["completed", "failed"], /, **fields: Unpack[EndFields]) -> Node:
        """The end of the execution, by its own word."""
        draft = Draft("end", id_, fields, EndFields)
        draft.tree["status"] = status
        error = {word: draft.tree.pop(word) for word in ("code", "message") if word in draft.tree}
        if error:
            draft.tree["error"] = error
        return self._node(draft)

    def switch(self, id_: str, /, **fields: Unpack[NodeFields]) -> Switching:
        """The first case that matches, or else the default."""
        draft = Draft("switch", id_, fields, NodeFields)
        draft.tree["cases"] = []
        return Switching(self._assembly, self._assembly.add(draft, {}))

    def parallel(self, id_: str, /, **fields: Unpack[NodeFields]) -> Branching:
        """All of its branches."""
        return self._branching("parallel", id_, fields)

    def race(self, id_: str, /, **fields: Unpack[NodeFields]) -> Branching:
        """The first of its branches to complete."""
        return self._branching("race", id_, fields)

    def split(self, id_: str, /, **fields: Unpack[NodeFields]) -> Splitting:
        """One of its branches, by weight."""
        draft = Draft("split", id_, fields, NodeFields)
        draft.tree["branches"] = {}
        return Splitting(self._assembly, self._assembly.add(draft, A_WEIGHED_BRANCH))

    def each(self, id_: str, items: Value, /, **fields: Unpack[EachFields]) -> Enclosing:
        """A body for every `item` of a list: `with w.each("lines", input_.lines):`."""
        draft = Draft("each", id_, fields, EachFields)
        draft.put("items", items)
        return self._enclosing(draft, ITEM)

    def loop(self, id_: str, /, **fields: Unpack[LoopFields]) -> Enclosing:
        """A body again and again: `with w.loop("poll", until=..., max_iterations=10):`."""
        return self._enclosing(Draft("loop", id_, fields, LoopFields), TURN)

    def shield(self, id_: str, /, **fields: Unpack[EnclosingFields]) -> Enclosing:
        """A body that is finished before a cancel takes effect."""
        return self._enclosing(Draft("shield", id_, fields, EnclosingFields), NO_ROOTS)

    def try_(self, id_: str, /, **fields: Unpack[EnclosingFields]) -> Attempted:
        """A body that is undone when it fails: `with w.try_("pay") as pay:`, then `with pay.catch():`."""
        draft = Draft("try", id_, fields, EnclosingFields)
        standing = self._assembly.add(draft, empty_fields(draft.start))
        return Attempted(self._assembly, standing, draft.start, NO_ROOTS)

    @property
    def full_name(self) -> str:
        """`name@version`, as a child names it."""
        return self._assembly.full_name

    def _node(self, draft: Draft) -> Node:
        return Node(self._assembly.add(draft, {}).id, self._assembly.origins)

    def _branching(self, kind: str, id_: str, fields: NodeFields) -> Branching:
        draft = Draft(kind, id_, fields, NodeFields)
        draft.tree["branches"] = {}
        return Branching(self._assembly, self._assembly.add(draft, A_BRANCH))

    def _enclosing(self, draft: Draft, roots: frozenset[str]) -> Enclosing:
        standing = self._assembly.add(draft, empty_fields(draft.start))
        return Enclosing(self._assembly, standing, draft.start, roots)
