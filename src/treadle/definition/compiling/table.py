"""Which compiler is for which kind of node, and how a list of nodes becomes a linked body."""

from treadle.definition.compiling.nodes import Compiling
from treadle.definition.compiling.sleep import compile_sleep
from treadle.definition.compiling.switch import compile_switch
from treadle.definition.compiling.task import compile_task
from treadle.model.definition import Node, Switch, Task
from treadle.model.ids import NodeId
from treadle.model.program import ROOT_BODY, Body, ProgramNode


def compile_body(nodes: tuple[Node, ...], key: str, compiling: Compiling) -> None:
    """Put the nodes of a sequence into the program, each with the next one linked."""
    for index, node in enumerate(nodes):
        following = nodes[index + 1].id if index + 1 < len(nodes) else None
        compiling.nodes[node.id] = compile_node(node, following, compiling)
    start = nodes[0].id if nodes else None
    compiling.bodies[key] = Body(start=start, is_scope=key == ROOT_BODY)


def compile_node(node: Node, following: NodeId | None, compiling: Compiling) -> ProgramNode:
    """One node with `following` as its next."""
    if isinstance(node, Task):
        return compile_task(node, following, compiling)
    if isinstance(node, Switch):
        return compile_switch(node, following, compiling)
    return compile_sleep(node, following, compiling)
