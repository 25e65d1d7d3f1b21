"""Refusals that several commands share."""

from treadle.core.status import status_of
from treadle.model.decision import Refused
from treadle.model.execution import Execution


def invalid_transition(execution: Execution, asked: str, why: str = "") -> Refused:
    """The command is not listed for the status that the execution is in (SEMANTICS 5)."""
    status = status_of(execution).value
    detail = f": {why}" if why else ""
    return Refused(code="invalid_transition", message=f"cannot {asked} an execution that is {status}{detail}")
