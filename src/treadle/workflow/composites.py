"""Nodes with bodies: what opens each of them."""

from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self, Unpack

from treadle.model.json import Json
from treadle.workflow.assembly import Assembly, Standing
from treadle.workflow.checking import check_node
from treadle.workflow.errors import misused
from treadle.workflow.fields import BodyFields, FailureKind
from treadle.workflow.known import only_known
from treadle.workflow.nodes import Node
from treadle.workflow.openings import Opening, Plan, empty_fields, empty_value

FAILURE: Final = frozenset({"failure"})
"""The root that the body of a `catch` has besides."""


class Composite(Node):
    """A node with bodies."""

    def __init__(self, assembly: Assembly, standing: Standing) -> None:
        super().__init__(standing.id, assembly.origins)
        self._assembly = assembly
        self._standing = standing
        self._head = dict(standing.tree)

    def _check(self, fields: Mapping[str, Json], place: str) -> str:
        """Read what is said of one of its bodies, without the others; the pointer to it.

        Raises:
            WorkflowError: it is wrong by itself, or nothing can be added any more.
        """
        self._assembly.check_open()
        standing = self._standing
        check_node({**self._head, **fields}, standing.body.surroundings, standing.pointer)
        pointer = f"{standing.pointer}/{place}"
        self._assembly.note(pointer, self.id)
        return pointer

    def _to_open(self, plan: Plan) -> Opening:
        """A body that has to be opened."""
        self._assembly.expect(plan.what, self.id)
        return Opening(self._assembly, self._standing, plan)


class Enclosing(Composite):
    """A node with one body, which `with` opens."""

    def __init__(
        self, assembly: Assembly, standing: Standing, start: str | None, roots: frozenset[str]
    ) -> None:
        super().__init__(assembly, standing)
        plan = Plan(
            what=f"the body of {self.id!r}",
            holder=standing.tree,
            start=start,
            pointer=standing.pointer,
            roots=roots,
        )
        self._opening = self._to_open(plan)

    def __enter__(self) -> Self:
        self._opening.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opening.__exit__(kind, error, trace)


class Attempted(Enclosing):
    """A `try`: after its body `with pay.catch("timeout"):` and `with pay.finally_():`."""

    def catch(self, *on: FailureKind, **fields: Unpack[BodyFields]) -> Opening:
        """A body for failures of these kinds, of all kinds without any.

        Raises:
            WorkflowError: a kind is none that is caught.
        """
        only_known("catch", fields, BodyFields)
        clauses: list[Json] = self._standing.tree.get("catch", [])
        clause: dict[str, Json] = {"on": list(on)} if on else {}
        start, at = fields.get("start"), len(clauses)
        written = [*(empty_fields(None) for _ in clauses), {**clause, **empty_fields(start)}]
        pointer = self._check({**empty_fields(None), "catch": written}, f"catch/{at}")
        self._standing.tree["catch"] = [*clauses, clause]
        what = f"the `catch` {at} of {self.id!r}"
        return self._to_open(Plan(what=what, holder=clause, start=start, pointer=pointer, roots=FAILURE))

    def finally_(self, **fields: Unpack[BodyFields]) -> Opening:
        """The body that runs however the `try` ends.

        Raises:
            WorkflowError: there is one already.
        """
        only_known("finally_", fields, BodyFields)
        tree, what = self._standing.tree, f"the `finally` of {self.id!r}"
        refuse_second(tree, "finally", what)
        start = fields.get("start")
        pointer = self._check({**empty_fields(None), "finally": empty_value(start)}, "finally")
        tree["finally"] = empty_value(start)
        return self._to_open(Plan(what=what, holder=tree, key="finally", start=start, pointer=pointer))


class Branching(Composite):
    """A `parallel` or a `race`: `with ship.branch("label"):` for each of its branches."""

    def branch(self, name: str, /, **fields: Unpack[BodyFields]) -> Opening:
        """A branch.

        Raises:
            WorkflowError: the name is none, or taken.
        """
        only_known("branch", fields, BodyFields)
        branches, what = self._standing.tree["branches"], f"the branch {name!r} of {self.id!r}"
        refuse_second(branches, name, what)
        start = fields.get("start")
        pointer = self._check({"branches": {name: empty_value(start)}}, f"branches/{name}")
        branches[name] = empty_value(start)
        return self._to_open(Plan(what=what, holder=branches, key=name, start=start, pointer=pointer))


class Splitting(Composite):
    """A `split`: `with ab.branch("a", weight=1):` for each of its branches."""

    def branch(self, name: str, /, *, weight: float, **fields: Unpack[BodyFields]) -> Opening:
        """A branch, taken as often as its weight is a part of all weights.

        Raises:
            WorkflowError: the name is none, or taken, or the weight is outside its range.
        """
        only_known("branch", fields, BodyFields)
        branches, what = self._standing.tree["branches"], f"the branch {name!r} of {self.id!r}"
        refuse_second(branches, name, what)
        start = fields.get("start")
        pointer = self._check(
            {"branches": {name: {"weight": weight, **empty_fields(start)}}}, f"branches/{name}"
        )
        branches[name] = {"weight": weight}
        return self._to_open(Plan(what=what, holder=branches[name], start=start, pointer=pointer))


def refuse_second(holder: Mapping[str, Json], key: str, what: str) -> None:
    """See that something is said once.

    Raises:
        WorkflowError: it was said before.
    """
    if key in holder:
        raise misused(f"{what} is there already")
