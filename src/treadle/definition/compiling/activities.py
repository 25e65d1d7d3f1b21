"""An activity with its policies becomes an ActivityPlan."""

from collections.abc import Callable

from treadle.definition.compiling.handler import compile_handler
from treadle.definition.compiling.http import compile_http
from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import REQUEST, Place
from treadle.model.definition import Activity, Compensate, Hook, HttpActivity
from treadle.model.expression import Roots
from treadle.model.policies import RetryPolicy
from treadle.model.program import ActivityPlan, CompensationPlan
from treadle.model.requests import Request


def compile_activity(activity: Activity, retry: RetryPolicy, timeout_ms: int, place: Place) -> ActivityPlan:
    """The plan of one activity.

    Raises:
        InvalidExpression: a template is wrong.
    """
    return ActivityPlan(render=_renderer(activity, place), retry=retry, timeout_ms=timeout_ms)


def compile_compensation(compensate: Compensate | None, compiling: Compiling) -> CompensationPlan | None:
    """The plan of an undo, if there is one; what stands in for it has the same policies."""
    if compensate is None:
        return None
    place = compiling.place(REQUEST)
    retry, timeout_ms = compensate.retry, compensate.timeout_ms
    unknown = compensate.unknown
    return CompensationPlan(
        activity=compile_activity(compensate.activity, retry, timeout_ms, place),
        unknown=None if unknown is None else compile_activity(unknown, retry, timeout_ms, place),
    )


def compile_hook(hook: Hook | None, place: Place) -> ActivityPlan | None:
    """The plan of a hook, if there is one."""
    return None if hook is None else compile_activity(hook.activity, hook.retry, hook.timeout_ms, place)


def _renderer(activity: Activity, place: Place) -> Callable[[Roots], Request]:
    if isinstance(activity, HttpActivity):
        return compile_http(activity, place)
    return compile_handler(activity, place)
