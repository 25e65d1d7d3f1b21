"""Go on with what is due or ready."""

from treadle.core.turn import Turn
from treadle.model.commands import Continue
from treadle.model.decision import Refused


def continue_execution(_turn: Turn, _command: Continue) -> Refused | None:
    """Nothing of its own: timers fire before every command, and what is ready goes on after it."""
    return None
