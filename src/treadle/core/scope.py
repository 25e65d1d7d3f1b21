"""What an expression sees from one frame: the Roots of the model, over the state."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType, to_builtins

from treadle.core.folding.draft import State
from treadle.model.execution import Failure, Frame, Response, Visit
from treadle.model.ids import NodeId, forward_key
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.persistent import as_dict


class Scope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Roots as seen from `frame`; `extra` holds what only the place has (`body`, `failure`, ...)."""

    execution: State
    frame: Frame
    extra: Mapping[str, Json] = {}

    def root(self, name: str) -> Json | UnsetType:
        """The value of a root, UNSET if this place has none of that name."""
        if name == "input":
            return self.execution.input
        if name == "vars":
            return as_dict(self.execution.vars)
        if name == "execution":
            return execution_root(self.execution)
        if name in self.extra:
            return self.extra[name]
        return self._around(name) if name in AROUND else UNSET

    def of_execution(self, field: str) -> Json | UnsetType:
        """What the root `execution` has under that name; its id, which most ask for, without the rest."""
        if field == "id":
            return self.execution.id
        return execution_root(self.execution).get(field, UNSET)

    def _around(self, name: str) -> Json | UnsetType:
        """What the nearest frame around has: `index`, `item`, or the `failure` that a `catch` has caught."""
        frame: Frame | None = self.frame
        while frame is not None:
            value = AROUND[name](frame)
            if value is not UNSET:
                return value
            frame = None if frame.parent is None else self.execution.frames[frame.parent]
        return UNSET

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        """A field of the newest visit of `node`, seen from this iteration and then outwards."""
        for suffix in outwards(self.frame.suffix):
            visit = self.execution.visits.get(f"{node}{suffix}")
            if visit is not None:
                return self._field(visit, field)
        return UNSET

    def _field(self, visit: Visit, field: str) -> Json | UnsetType:
        if field == "output":
            return visit.output
        if field == "response":
            return response_root(visit, visit.response or self._accepted(visit))
        if field == "status":
            return visit.status.value
        if field == "idempotency_key":
            return forward_key(self.execution.id, visit.keyed_as or visit.path)
        if field == "attempts":
            return self._attempts(visit)
        if field == "closed":
            return visit.closed or UNSET
        return UNSET

    def _accepted(self, visit: Visit) -> Response | None:
        """The answer of the trigger call of an open visit: it stands in the visit's frame."""
        activity = self.frame.activity
        return activity.accepted if activity is not None and self.frame.path == visit.path else None

    def _attempts(self, visit: Visit) -> int:
        """How many attempts the visit has had; those of an open visit stand in its frame."""
        activity = self.frame.activity
        if activity is not None and self.frame.path == visit.path:
            return activity.number
        return visit.attempts[-1].number if visit.attempts else 0


def outwards(suffix: str) -> Iterator[str]:
    """The iteration `[3][1]`, then `[3]`, then none."""
    while suffix:
        yield suffix
        suffix = suffix[: suffix.rindex("[")]
    yield ""


def response_root(visit: Visit, response: Response | None) -> Json | UnsetType:
    """`{status, headers, body}`; the body is the visit's output where it was not kept apart."""
    if response is None:
        return UNSET
    body = visit.output if response.body is UNSET else response.body
    return {"status": response.status, "headers": response.headers, "body": body}


def execution_root(execution: State) -> dict[str, Json]:
    """`{id, business_key, run, started_at}`."""
    started_at = execution.started_at
    return {
        "id": execution.id,
        "business_key": execution.business_key,
        "run": execution.run,
        "started_at": None if started_at is None else format_instant(started_at),
    }


def _index_of(frame: Frame) -> Json | UnsetType:
    return UNSET if frame.index is None else frame.index


def _item_of(frame: Frame) -> Json | UnsetType:
    return frame.item


def _failure_of(frame: Frame) -> Json | UnsetType:
    return UNSET if frame.failure is None else failure_root(frame.failure)


AROUND: Final[Mapping[str, Callable[[Frame], Json | UnsetType]]] = {
    "index": _index_of,
    "item": _item_of,
    "failure": _failure_of,
}


def failure_root(failure: Failure) -> Json:
    """`{kind, code, message, path, attempt}`."""
    return to_builtins(failure)
