"""What a log is told of an execution without being asked: that a person is needed."""

import structlog

from treadle.model.execution import CompensationStatus, Execution

log = structlog.get_logger(__name__)


def tell_stuck(execution: Execution) -> None:
    """A line for every compensation that is exhausted."""
    for compensation in execution.compensations.values():
        if compensation.status is CompensationStatus.FAILED:
            attempts, error = compensation.attempts, compensation.error
            log.warning(
                "compensation stuck",
                execution=execution.id,
                path=compensation.path,
                attempt=attempts[-1].number if attempts else 0,
                code=error.code if error is not None else None,
            )
