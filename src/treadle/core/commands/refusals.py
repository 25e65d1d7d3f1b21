"""Refusals that several commands share."""

from treadle.core.folding.draft import State
from treadle.core.status import status_of
from treadle.model.decision import Refused


def invalid_transition(execution: State, asked: str, why: str = "") -> Refused:
    """The command is not listed for the status that the execution is in (SEMANTICS 5)."""
    status = status_of(execution).value
    detail = f": {why}" if why else ""
    return Refused(code="invalid_transition", message=f"cannot {asked} an execution that is {status}{detail}")
