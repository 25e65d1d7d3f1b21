"""event -> next state: the fold of a history. It needs no Program and refuses nothing.

An event that does not fit the state raises (KeyError, ValueError): the history is corrupt.
"""

from collections.abc import Iterable
from typing import Final

from treadle.core.folding import activities, branches, compensations, lifecycle, visits, waits
from treadle.core.folding.changes import Fold
from treadle.model.events import Event, ExecutionStarted
from treadle.model.execution import Execution

FOLDS: Final[dict[type, Fold]] = {
    **visits.FOLDS,
    **branches.FOLDS,
    **waits.FOLDS,
    **activities.FOLDS,
    **compensations.FOLDS,
    **lifecycle.FOLDS,
}


def evolve(execution: Execution | None, event: Event) -> Execution:
    """The state after `event`; `execution` is None before the first one."""
    if execution is None:
        if not isinstance(event, ExecutionStarted):
            raise ValueError(f"a history begins with ExecutionStarted, not {type(event).__name__}")
        return lifecycle.execution_started(event)
    return FOLDS[type(event)](execution, event, execution.version + 1)


def fold(execution: Execution | None, events: Iterable[Event]) -> Execution:
    """The state after all of `events`.

    Raises:
        ValueError: there is no state and no event.
    """
    for event in events:
        execution = evolve(execution, event)
    if execution is None:
        raise ValueError("an empty history has no state")
    return execution
