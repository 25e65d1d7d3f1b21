"""How large the state is as JSON, and whether what is to be kept still fits its bound.

A running estimate is compared, which counts what is kept: input, results, variables, items, signals and
the requests of compensations, and a fixed size for each event. Only where it goes beyond the bound is the
state measured. So a step costs the size of its own payload and not that of the state.
"""

from typing import Final

import msgspec

from treadle.core.turn import Turn
from treadle.model.execution import Execution
from treadle.model.json import Json
from treadle.model.persistent import PersistentStack, Trie

STATE_BYTES: Final = "state_bytes"
"""The name of the bound."""
START_BYTES: Final = 2_048
"""What an execution holds that has only begun, beside its input and variables."""
EVENT_BYTES: Final = 192
"""What an event adds to the state beside its payload, at most and on average (measured: 90 to 170)."""


def _to_builtin(value: object) -> object:
    if isinstance(value, Trie):
        return dict(value.items())
    if isinstance(value, PersistentStack):
        return list(value)
    raise TypeError(f"no JSON value: {type(value).__name__}")


_encoded: Final = msgspec.json.Encoder(enc_hook=_to_builtin).encode


def json_bytes(execution: Execution) -> int:
    """The size of the state as JSON, before compression."""
    return len(_encoded(execution))


def _size(payload: Json) -> int:
    try:
        return len(_encoded(payload))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return 0


def count(turn: Turn, payload: Json) -> None:
    """The state holds the payload too, whatever it comes to: an undo is never left out for its size."""
    if payload is not None:
        size = _size(payload)
        turn.state_bytes += size
        turn.payload_bytes += size


def fits(turn: Turn, payload: Json) -> bool:
    """Whether the state may hold the payload too; counted with it if it does.

    What is no JSON value has no size: it is refused when it is to be stored.
    """
    if payload is None:
        return True
    size = _size(payload)
    held, most = turn.state_bytes + size, turn.bounds.state_bytes
    if held > most and turn.has_started:
        turn.state_bytes = json_bytes(turn.execution.frozen())  # not kept: more events follow
        held = turn.state_bytes + size
        if held > most:
            return False
    turn.state_bytes = held
    turn.payload_bytes += size
    return True


def too_large(turn: Turn) -> str:
    """Why a payload is not kept."""
    return f"its result would bring the state beyond {turn.bounds.state_bytes} bytes"
