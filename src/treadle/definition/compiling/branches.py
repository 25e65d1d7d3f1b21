"""`parallel`, `race` and `split`: a body under `<id>/<name>` for each branch."""

from treadle.definition.compiling.nodes import Compiling
from treadle.model.definition import Parallel, Race, Split
from treadle.model.ids import NodeId
from treadle.model.program import Branch, ParallelNode, RaceNode, SplitBranch, SplitNode


def compile_parallel(node: Parallel, following: NodeId | None, compiling: Compiling) -> ParallelNode:
    """The parallel; each branch is a scope."""
    return ParallelNode(**compiling.head(node, following), branches=_scopes(node, compiling))


def compile_race(node: Race, following: NodeId | None, compiling: Compiling) -> RaceNode:
    """The race; each branch is a scope."""
    return RaceNode(**compiling.head(node, following), branches=_scopes(node, compiling))


def _scopes(node: Parallel | Race, compiling: Compiling) -> tuple[Branch, ...]:
    return tuple(
        Branch(name=branch.name, body=compiling.body(branch.body, f"{node.id}/{branch.name}", is_scope=True))
        for branch in node.branches
    )


def compile_split(node: Split, following: NodeId | None, compiling: Compiling) -> SplitNode:
    """The split; its branches are in code-point order already."""
    return SplitNode(
        **compiling.head(node, following),
        branches=tuple(
            SplitBranch(
                name=branch.name,
                weight=branch.weight,
                body=compiling.body(branch.body, f"{node.id}/{branch.name}"),
            )
            for branch in node.branches
        ),
    )
