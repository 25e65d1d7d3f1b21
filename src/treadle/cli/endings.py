"""What an end means for the command that waited for it."""

from treadle.cli.answers import Shown
from treadle.cli.failures import Failure
from treadle.cli.printing import on_one_line

COMPLETED = "completed"


def check_completed(execution: Shown) -> None:
    """Nothing, if the execution completed.

    Raises:
        Failure: it did not, with the reason.
    """
    if execution.status != COMPLETED:
        raise Failure(on_one_line(why(execution)))


def why(execution: Shown) -> str:
    """Why it is in the status that it is in, in a few words."""
    said = f"{execution.status}: {execution.reason}" if execution.reason else execution.status
    failure = execution.failure
    if failure is None:
        return said
    place = f" at {failure.path}" if failure.path else ""
    return f"{said}; failed{place}: {failure}" if execution.reason else f"{said}{place}: {failure}"
