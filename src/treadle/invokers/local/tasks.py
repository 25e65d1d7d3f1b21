"""Handlers that are `async def`: they run in the task of their attempt, which costs no second one."""

import asyncio
from collections.abc import Awaitable, Callable

from treadle.invokers.local.limits import TimeLimits
from treadle.invokers.local.outcomes import raised, returned
from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome, Unknown


async def run_in_task(
    handler: Callable[..., Awaitable[object]],
    arguments: tuple[object, ...],
    limits: TimeLimits,
    invocation: Invocation,
) -> Outcome:
    """The outcome of one call, which is cancelled at the time limit of the attempt.

    A handler that will not be cancelled is awaited until it ends; whoever made the task gives it up.
    """
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a handler runs in a task")
    limit = limits.start(task, invocation.timeout_ms)
    try:
        result = await handler(*arguments)
    except asyncio.CancelledError as error:
        if limit.is_over and task.uncancel() == 0:
            return _late(invocation.timeout_ms)
        if task.cancelling():
            raise
        return raised(error, invocation)
    except BaseException as error:
        # A task that lets SystemExit or KeyboardInterrupt out takes the whole loop with it.
        outcome: Outcome = raised(error, invocation)
    else:
        outcome = returned(result)
    finally:
        limits.stop(limit)
    if limit.is_over:
        task.uncancel()
        return _late(invocation.timeout_ms)
    return outcome


def _late(timeout_ms: int) -> Unknown:
    return Unknown(code="call_timeout", message=f"the handler did not end within {timeout_ms} ms")
