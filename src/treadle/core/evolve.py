"""event -> next state: the fold of a history. It needs no Program and refuses nothing.

An event that does not fit the state raises (KeyError, ValueError): the history is corrupt.
"""

from collections.abc import Iterable
from typing import Final

from treadle.core.folding import activities, branches, compensations, lifecycle, visits, waits
from treadle.core.folding.changes import Fold
from treadle.core.folding.draft import Draft
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


def apply(draft: Draft, event: Event) -> None:
    """Let the event change the draft."""
    draft.version += 1
    draft.updated_at = event.at
    FOLDS[type(event)](draft, event)


def evolve(execution: Execution | None, event: Event) -> Execution:
    """The state after `event`; `execution` is None before the first one."""
    return fold(execution, (event,))


def fold(execution: Execution | None, events: Iterable[Event]) -> Execution:
    """The state after all of `events`.

    Raises:
        ValueError: there is no state and no event.
    """
    draft = None if execution is None else Draft(execution)
    for event in events:
        if draft is None:
            draft = Draft(begun(event))
        else:
            apply(draft, event)
    if draft is None:
        raise ValueError("an empty history has no state")
    return draft.frozen()


def begun(event: Event) -> Execution:
    """The state after the first event of a history (ValueError: it is another one)."""
    if not isinstance(event, ExecutionStarted):
        raise ValueError(f"a history begins with ExecutionStarted, not {type(event).__name__}")
    return lifecycle.execution_started(event)
