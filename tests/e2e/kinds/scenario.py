"""What a scenario is: documents, what its services do, how it comes to its middle and on, and how it ends."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from tests.e2e.kinds.documents import Work
from tests.e2e.kinds.services import Plan
from tests.e2e.kinds.stage import Stage

Step = Callable[[Stage], Awaitable[None]]


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How an execution has to have ended.

    `output`: in it `<id>` stands for the id of the execution. `failure`: kind, code and path.
    `nodes` and `compensations`: the status of every visit, and of every undo that is more than registered.
    `calls`: by key, without the execution's id, how its calls were answered, in order (`broken 200`). The
    keys stand in the order of their first calls; unless `is_ordered`, those of undo calls alone.
    `events`: how often something happened.
    """

    status: str = "completed"
    output: Any = None
    failure: tuple[str, str, str | None] | None = None
    nodes: Mapping[str, str]
    compensations: Mapping[str, str] = {}
    calls: Mapping[str, str] = {}
    is_ordered: bool = True
    events: Mapping[str, int] = {}
    run: int = 1


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """`documents`: the first is started, the others are kept before. `reasons`: what the explanation says
    in the middle. `children`: how the children of these visits have to have ended.
    """

    name: str
    documents: Callable[[Work], tuple[dict[str, Any], ...]]
    input: Any = msgspec.field(default_factory=dict)
    plans: Mapping[str, Plan] = {}
    middle: tuple[Step, ...]
    reasons: frozenset[str] | None = None
    onward: tuple[Step, ...]
    end: End
    children: Mapping[str, End] = {}
