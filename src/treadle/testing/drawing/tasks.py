"""Tasks drawn at random: every sort of undo, of unknown outcome, of callback and of probe."""

from typing import Final

from msgspec.structs import replace

from treadle.model.expression import Expression
from treadle.model.policies import RETRY_ON_DEFAULT, OnUnknown, RetryPolicy
from treadle.model.program import ActivityPlan, CallbackPlan, CompensationPlan, ProgramNode
from treadle.testing.builders import Broken, Read, plan, task, undo
from treadle.testing.composites import child
from treadle.testing.drawing.pencil import Pencil

RETRIED: Final = (
    RETRY_ON_DEFAULT,
    RETRY_ON_DEFAULT,
    ("all",),
    ("unknown", "5xx"),
    ("connection", "http_400", "callback"),
    (),
)
ON_UNKNOWN: Final = (OnUnknown.RETRY, OnUnknown.PAUSE, OnUnknown.COMPENSATE, OnUnknown.FAIL)
CALLBACK_MS: Final = (500, 3_000, 20_000)


def draw_task(pencil: Pencil) -> ProgramNode:
    """A task that calls the handler of its own name, and waits for a callback now and then."""
    name = pencil.name()
    return task(
        name,
        activity=plan(name, reads=_input(pencil), retry=draw_retry(pencil)),
        compensation=draw_undo(pencil, name) if pencil.chance(0.7) else None,
        on_unknown=pencil.choose(ON_UNKNOWN, (8, 1.5, 1, 1)),
        output=Read("body", "id") if pencil.chance(2 * pencil.flaws) else None,
        callback=_callback(pencil) if pencil.chance(0.2) else None,
        probe=_probe(pencil, name) if pencil.chance(0.15) else None,
    )


def _input(pencil: Pencil) -> Expression | None:
    if pencil.chance(pencil.flaws):
        return Broken("missing_variable", "input.nothing")
    if pencil.chance(3 * pencil.flaws):
        return Read("nodes", pencil.any_node(), "attempts")
    if pencil.chance(pencil.flaws):
        return Read(pencil.choose(("index", "item", "failure")))
    return Read("vars", "region") if pencil.chance(0.3) else None


def draw_retry(pencil: Pencil) -> RetryPolicy:
    """Few calls or several, at once or later, after every failure or none."""
    return RetryPolicy(
        max_attempts=pencil.choose((1, 2, 3, 3, 4, 4)),
        initial_ms=pencil.choose((0, 1, 200, 2_000)),
        multiplier=pencil.choose((1.0, 2.0, 3.0)),
        max_ms=pencil.choose((100, 30_000)),
        jitter=pencil.choose((0.0, 0.1, 1.0)),
        on=pencil.choose(RETRIED),
    )


def draw_undo(pencil: Pencil, name: str) -> CompensationPlan:
    """Some need the answer, some go by key, some can do either, some can never be rendered."""
    by_key = plan(
        f"undo-{name}-by-key", reads=Read("nodes", name, "idempotency_key"), retry=draw_retry(pencil)
    )
    unknown = by_key if pencil.chance(0.4) else None
    options: tuple[Expression | None, ...] = (
        None,
        Read("nodes", name, "output", "id"),
        Read("nodes", name, "idempotency_key"),
        Broken(),
    )
    reads = pencil.choose(options, (10, 6, 4, 1))
    return undo(f"undo-{name}", reads=reads, retry=draw_retry(pencil), unknown=unknown)


def _callback(pencil: Pencil) -> CallbackPlan:
    said = Read("body", "is_denied")
    flawed = Broken() if pencil.chance(pencil.flaws) else said
    return CallbackPlan(
        timeout_ms=pencil.choose(CALLBACK_MS),
        fail_when=flawed,
        success_when=Read("body", "is_done") if pencil.chance(0.5) else None,
    )


def _probe(pencil: Pencil, name: str) -> ActivityPlan:
    reads = Broken() if pencil.chance(0.05) else Read("nodes", name, "idempotency_key")
    return plan(f"probe-{name}", reads=reads)


def draw_child(pencil: Pencil) -> ProgramNode:
    """A child execution of one of the definitions, or of one that nobody knows."""
    name = pencil.name()
    definition = pencil.choose(pencil.definitions) if not pencil.chance(0.05) else "nobody-knows"
    is_detached = pencil.chance(0.25)
    return child(
        name,
        definition,
        input=Broken() if pencil.chance(pencil.flaws) else Read("vars"),
        is_detached=is_detached,
        compensation=draw_undo(pencil, name) if not is_detached and pencil.chance(0.7) else None,
    )


def draw_hook(pencil: Pencil, hook: str) -> ActivityPlan:
    """A hook, which now and then can never be rendered."""
    return plan(hook, reads=Broken() if pencil.chance(0.1) else None, retry=draw_retry(pencil))


def with_conditions(pencil: Pencil, node: ProgramNode) -> ProgramNode:
    """The node, sometimes under a condition, sometimes with a deadline."""
    if pencil.chance(0.15):
        node = replace(node, when=pencil.condition())
    if pencil.chance(pencil.deadlines):
        node = replace(node, deadline_ms=pencil.choose((1, 300, 3_000, 15_000)))
    return node
