"""The kinds of node: what entering one does, and what its bodies' ends and its timer mean to it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from treadle.core.nodes import (
    child,
    each,
    emit,
    end,
    loop,
    parallel,
    race,
    set_,
    shield,
    sleep,
    split,
    switch,
    task,
    try_,
    wait,
)
from treadle.model.program import (
    ChildNode,
    EachNode,
    EmitNode,
    EndNode,
    LoopNode,
    ParallelNode,
    RaceNode,
    SetNode,
    ShieldNode,
    SleepNode,
    SplitNode,
    SwitchNode,
    TaskNode,
    TryNode,
    WaitNode,
)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """`enter` and `fired` take (turn, frame, node, path), `joined` takes (turn, node, child frame)."""

    name: str
    enter: Callable[..., None]
    joined: Callable[..., None] | None = None
    fired: Callable[..., None] | None = None


KINDS: Final[Mapping[type[Any], Kind]] = {
    TaskNode: Kind(name="task", enter=task.enter),
    SwitchNode: Kind(name="switch", enter=switch.enter, joined=switch.joined),
    SleepNode: Kind(name="sleep", enter=sleep.enter, fired=sleep.fired),
    WaitNode: Kind(name="wait", enter=wait.enter, fired=wait.fired),
    ParallelNode: Kind(name="parallel", enter=parallel.enter, joined=parallel.joined),
    RaceNode: Kind(name="race", enter=race.enter, joined=race.joined),
    EachNode: Kind(name="each", enter=each.enter, joined=each.joined),
    LoopNode: Kind(name="loop", enter=loop.enter, joined=loop.joined),
    TryNode: Kind(name="try", enter=try_.enter, joined=try_.joined),
    ShieldNode: Kind(name="shield", enter=shield.enter, joined=shield.joined),
    SplitNode: Kind(name="split", enter=split.enter, joined=split.joined),
    ChildNode: Kind(name="child", enter=child.enter),
    EmitNode: Kind(name="emit", enter=emit.enter),
    SetNode: Kind(name="set", enter=set_.enter),
    EndNode: Kind(name="end", enter=end.enter),
}
