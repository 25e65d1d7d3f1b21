"""Which compiler is for which kind of node: a new kind is one file and one row."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from treadle.definition.compiling.branches import compile_parallel, compile_race, compile_split
from treadle.definition.compiling.child import compile_child
from treadle.definition.compiling.emit import compile_emit
from treadle.definition.compiling.end import compile_end
from treadle.definition.compiling.iterating import compile_each, compile_loop
from treadle.definition.compiling.nodes import Compiling
from treadle.definition.compiling.set import compile_set
from treadle.definition.compiling.sleep import compile_sleep
from treadle.definition.compiling.switch import compile_switch
from treadle.definition.compiling.task import compile_task
from treadle.definition.compiling.try_ import compile_shield, compile_try
from treadle.definition.compiling.wait import compile_wait
from treadle.model.definition import (
    Child,
    Each,
    Emit,
    End,
    Loop,
    Node,
    Parallel,
    Race,
    Set,
    Shield,
    Sleep,
    Split,
    Switch,
    Task,
    Try,
    Wait,
)
from treadle.model.ids import NodeId
from treadle.model.program import ProgramNode

# A row takes the one type that it is the row of, which no type of the whole table can say.
COMPILERS: Final[Mapping[type[Node], Callable[[Any, NodeId | None, Compiling], ProgramNode]]] = {
    Task: compile_task,
    Switch: compile_switch,
    Sleep: compile_sleep,
    Wait: compile_wait,
    Parallel: compile_parallel,
    Race: compile_race,
    Each: compile_each,
    Loop: compile_loop,
    Try: compile_try,
    Shield: compile_shield,
    Split: compile_split,
    Child: compile_child,
    Emit: compile_emit,
    Set: compile_set,
    End: compile_end,
}


def compile_node(node: Node, following: NodeId | None, compiling: Compiling) -> ProgramNode:
    """One node with `following` as its next."""
    return COMPILERS[type(node)](node, following, compiling)
