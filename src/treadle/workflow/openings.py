"""Bodies that `with` opens: what is written inside stands in them."""

from types import TracebackType

import msgspec

from treadle.model.json import Json
from treadle.workflow.assembly import Assembly, Body, Standing
from treadle.workflow.checking import Surroundings
from treadle.workflow.errors import misused


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Where a body comes to stand.

    It is the value of `key` in `holder`, or (without one) among the fields of `holder`; `pointer` is that of
    the value or of the holder. In it there are `roots` besides. `what` names it in messages. With `is_shut`
    there is no body there, since a node is named to go on with.
    """

    what: str
    holder: dict[str, Json]
    key: str | None = None
    start: str | None = None
    pointer: str
    roots: frozenset[str] = frozenset()
    is_shut: bool = False


class Opening:
    """A body of a node, open between the beginning and the end of its `with`, which is entered once."""

    def __init__(self, assembly: Assembly, standing: Standing, plan: Plan) -> None:
        self._assembly = assembly
        self._standing = standing
        self._plan = plan
        self._body: Body | None = None

    def __enter__(self) -> None:
        self._assembly.check_open()
        what = self._plan.what
        if self._plan.is_shut:
            raise misused(f"{what} goes on with another node, and so has no body")
        if self._body is not None:
            raise misused(f"{what} was opened before: a body is written in one `with`")
        if self._assembly.body is not self._standing.body:
            raise misused(f"{what} cannot be opened here: its node stands in another body than the open one")
        self._body = self._put()
        self._assembly.open(self._body, what)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._body is not None:
            self._assembly.close(self._body)

    def _put(self) -> Body:
        """The body, put into the document without nodes."""
        plan, around = self._plan, self._standing.body.surroundings
        fields = empty_fields(plan.start)
        word = next(iter(fields))
        is_value = plan.key is not None and plan.start is None
        if plan.key is None:
            plan.holder.update(fields)
        else:
            plan.holder[plan.key] = fields[word] if is_value else fields
        pointer = plan.pointer if is_value else f"{plan.pointer}/{word}"
        surroundings = Surroundings(
            roots=around.roots | plan.roots, is_graph=plan.start is not None, defaults=around.defaults
        )
        return Body(fields[word], pointer, surroundings)


def empty_fields(start: str | None) -> dict[str, Json]:
    """The fields of a body without nodes, the list of them first."""
    return {"steps": []} if start is None else {"nodes": [], "start": start}


def empty_value(start: str | None) -> Json:
    """A body without nodes where a body is a value."""
    return [] if start is None else empty_fields(start)
