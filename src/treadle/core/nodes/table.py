"""The kinds of node: what entering one does, and what its children's ends and its timer mean to it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from treadle.core.nodes import sleep, switch, task
from treadle.model.program import SleepNode, SwitchNode, TaskNode


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """`enter` and `fired` take (turn, frame, node, path); `joined` takes the child's value as well."""

    name: str
    enter: Callable[..., None]
    joined: Callable[..., None] | None = None
    fired: Callable[..., None] | None = None


KINDS: Final[Mapping[type[Any], Kind]] = {
    TaskNode: Kind(name="task", enter=task.enter),
    SwitchNode: Kind(name="switch", enter=switch.enter, joined=switch.joined),
    SleepNode: Kind(name="sleep", enter=sleep.enter, fired=sleep.fired),
}
