"""Executions as they may stand, made by hand."""

from typing import Any

from treadle.model.execution import (
    Activity,
    Attempt,
    AttemptError,
    AttemptOutcome,
    Compensation,
    DefinitionRef,
    Execution,
    Frame,
    Phase,
    Role,
    Visit,
)
from treadle.model.ids import ActivityId, Digest, ExecutionId, FrameId, Instant, Namespace, NodeId, Path
from treadle.model.persistent import PersistentMap
from treadle.model.requests import HandlerRequest

T0 = Instant(1_800_000_000_000)
REFERENCE = DefinitionRef(name="saga", version="1", digest=Digest("sha256:saga"))
FAILED = Attempt(
    number=1,
    started_at=T0,
    ended_at=Instant(T0 + 5),
    outcome=AttemptOutcome.FAILED,
    error=AttemptError(code="http_503", message="busy"),
    http_status=503,
)


def execution(**fields: Any) -> Execution:
    """One that has just entered its first node."""
    given = {"frames": frames(Frame(id=FrameId(1))), "version": 2, "started_at": T0} | fields
    return Execution(
        id=ExecutionId("x"),
        namespace=Namespace("default"),
        definition=REFERENCE,
        semantics=1,
        created_at=T0,
        updated_at=T0,
        **given,
    )


def frames(*given: Frame) -> PersistentMap[FrameId, Frame]:
    return {frame.id: frame for frame in given}


def visits(*given: Visit) -> PersistentMap[str, Visit]:
    return {visit.node: visit for visit in given}


def compensations(*given: Compensation) -> PersistentMap[Path, Compensation]:
    return {one.path: one for one in given}


def visit(node: str, **fields: Any) -> Visit:
    given = {"path": Path(node), "started_at": T0} | fields
    return Visit(node=NodeId(node), kind="task", **given)


def activity(*attempts: Attempt) -> Activity:
    return Activity(
        id=ActivityId(4),
        key="x/a",
        request=HandlerRequest(name="a"),
        timeout_ms=1_000,
        number=attempts[-1].number,
        attempts=attempts,
    )


def at(node: str, phase: Phase, **fields: Any) -> Frame:
    """The root frame, standing at a visit."""
    return Frame(id=FrameId(1), node=NodeId(node), path=Path(node), phase=phase, **fields)


def undo(path: str, phase: Phase, **fields: Any) -> Frame:
    given = {"role": Role.UNDO, "parent": FrameId(1), "compensates": Path(path)} | fields
    return Frame(id=FrameId(9), phase=phase, **given)
