"""Nodes with bodies drawn at random: branches, items, turns, `try`, `shield`."""

from typing import Final

from treadle.model.execution import FailureKind
from treadle.model.expression import Expression
from treadle.model.json import Json
from treadle.model.program import ProgramNode, SwitchCase
from treadle.testing.builders import Broken, Constant, case, switch
from treadle.testing.composites import each, loop, parallel, race, set_, shield, split, try_
from treadle.testing.drawing.graphs import draw_body
from treadle.testing.drawing.pauses import draw_wait
from treadle.testing.drawing.pencil import Computed, DrawsNode, Pencil, below, one_more

CASES_MAX: Final = 3
BRANCHES_MAX: Final = 3
ITEMS_MAX: Final = (4, 4, 4, 12)
ITEMS: Final[tuple[Json, ...]] = (1, "two", {"three": 3}, None)
TURNS_MAX: Final = 3
KINDS_CAUGHT: Final = (
    None,
    None,
    frozenset({FailureKind.ERROR}),
    frozenset({FailureKind.TIMEOUT, FailureKind.REJECTED}),
    frozenset({FailureKind.INTERNAL}),
)


def draw_switch(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """Up to three cases, with bodies that may be empty or missing."""
    name = pencil.name()
    cases: list[SwitchCase] = []
    for at in range(pencil.random.randint(0, CASES_MAX)):
        body = draw_body(pencil, f"{name}/{at}", draw, depth=depth) if pencil.chance(0.8) else None
        cases.append(case(pencil.condition(), body, f"case{at}" if pencil.chance(0.3) else None))
    default = draw_body(pencil, f"{name}/default", draw, depth=depth) if pencil.chance(0.5) else None
    return switch(name, *cases, default=default)


def _branches(pencil: Pencil, draw: DrawsNode, name: str, depth: int) -> list[str]:
    names = [f"b{at}" for at in range(pencil.random.randint(1, BRANCHES_MAX))]
    for one in names:
        draw_body(pencil, f"{name}/{one}", draw, depth=depth)
    return names


def draw_parallel(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """One branch to three."""
    name = pencil.name()
    return parallel(name, *_branches(pencil, draw, name, depth))


def draw_race(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """One branch to three, none of which wins without doing anything, mostly."""
    name = pencil.name()
    names = [f"b{at}" for at in range(pencil.random.randint(1, BRANCHES_MAX))]
    for one in names:
        draw_body(pencil, f"{name}/{one}", draw, depth=depth, least=1 if pencil.chance(0.9) else 0)
    return race(name, *names)


def draw_split(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """Branches by weight."""
    name = pencil.name()
    return split(name, {one: pencil.choose((1, 2, 7)) for one in _branches(pencil, draw, name, depth)})


def draw_each(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """Up to four items, one at a time or several; a failed one may be collected."""
    name = pencil.name()
    size = pencil.random.randint(0, pencil.choose(ITEMS_MAX))
    items: Expression = Constant([pencil.choose(ITEMS) for _ in range(size)])
    if pencil.chance(pencil.flaws):
        items = Broken() if pencil.chance(0.5) else Constant("no list")
    draw_body(pencil, f"{name}/item", draw, depth=depth, least=1)
    return each(name, items, concurrency=pencil.choose((1, 2, 10)), collects=pencil.chance(0.4))


def draw_loop(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """Turns by index or by a variable, asked before or after; sometimes more of them than may be."""
    name = pencil.name()
    body = f"{name}/turn"
    draw_body(pencil, body, draw, depth=depth, least=1, most=2)
    turns = pencil.random.randint(0, TURNS_MAX)
    most = pencil.choose((1_000, 1_000, 2))
    if pencil.chance(pencil.flaws):
        return loop(name, until=Broken(), max_iterations=most)
    if pencil.chance(0.5):
        return loop(name, while_=below(turns, "index"), max_iterations=most)
    counter = pencil.counter()
    counting = set_(pencil.name(), **{counter: one_more(counter)})
    pencil.bodies[body] = (*pencil.bodies[body], counting)
    if pencil.chance(0.5):
        return loop(name, while_=below(turns, "vars", counter), max_iterations=most)
    is_over = Computed(lambda is_below: not is_below, below(turns, "vars", counter))
    return loop(name, until=is_over, max_iterations=most)


def draw_try(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """Clauses that catch everything, something or nothing, and `finally` or none."""
    name = pencil.name()
    catches = [pencil.choose(KINDS_CAUGHT) for _ in range(pencil.choose((0, 1, 1, 2)))]
    has_finally = pencil.chance(0.5)
    draw_body(pencil, f"{name}/try", draw, depth=depth, least=1)
    for at in range(len(catches)):
        draw_body(pencil, f"{name}/catch.{at}", draw, depth=depth, most=2)
    if has_finally:
        draw_body(pencil, f"{name}/finally", draw, depth=depth, most=2)
    return try_(name, *catches, has_finally=has_finally)


def draw_shield(pencil: Pencil, draw: DrawsNode, depth: int) -> ProgramNode:
    """A body that no cancel reaches, which sometimes waits first."""
    name = pencil.name()
    body = f"{name}/body"
    draw_body(pencil, body, draw, depth=depth, least=1)
    if pencil.chance(0.4):
        pencil.bodies[body] = (draw_wait(pencil), *pencil.bodies[body])
    return shield(name)
