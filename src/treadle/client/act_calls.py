"""The calls by which a person acts on an execution.

Each is an event in its history, and a second one of the same kind may be refused or mean something else: none
of them is sent again when nobody knows what became of it. Look at the execution, and decide.
"""

from typing import Literal

from treadle.client.answers import Execution
from treadle.client.call import Call, post, segment
from treadle.client.execution_calls import of
from treadle.model.json import Json


def pause(execution_id: str, *, reason: str | None = None) -> Call[Execution]:
    """Let nothing new begin until it is resumed.

    Raises:
        ApiError: `invalid_transition`, as of every act, with the status that it is in.
    """
    return _act(execution_id, "pause", reason=reason)


def resume(execution_id: str, *, reason: str | None = None) -> Call[Execution]:
    """Go on after a pause."""
    return _act(execution_id, "resume", reason=reason)


def cancel(execution_id: str, *, reason: str | None = None) -> Call[Execution]:
    """Stop, and undo what was done."""
    return _act(execution_id, "cancel", reason=reason)


def terminate(execution_id: str, *, reason: str | None = None) -> Call[Execution]:
    """End at once; nothing is undone."""
    return _act(execution_id, "terminate", reason=reason)


def retry(execution_id: str, *, reason: str | None = None) -> Call[Execution]:
    """Begin another run of a failed execution.

    Raises:
        ApiError: `invalid_transition`, `parent_moved_on`.
    """
    return _act(execution_id, "retry", reason=reason)


def wake(execution_id: str, path: str | None = None, *, reason: str | None = None) -> Call[Execution]:
    """End a sleep or a back-off; `path` says which where there are several.

    Raises:
        ApiError: `invalid_transition`, `nothing_to_wake`, `ambiguous_path`.
    """
    return _act(execution_id, "wake", reason=reason, path=path)


def resolve(
    execution_id: str,
    outcome: Literal["done", "not_done"],
    path: str | None = None,
    *,
    output: Json = None,
    reason: str | None = None,
) -> Call[Execution]:
    """Say what an unknown outcome was; `output` goes with `done`, `path` says which where there are several.

    Raises:
        ApiError: `invalid_transition`, `ambiguous_path`.
    """
    return _act(execution_id, "resolve", outcome=outcome, output=output, reason=reason, path=path)


def retry_compensation(execution_id: str, path: str, *, reason: str | None = None) -> Call[Execution]:
    """Try the undo of the visit `path` of a stuck execution again.

    Raises:
        ApiError: `invalid_transition`, `compensation_not_found`.
    """
    return _undo(execution_id, path, "retry", reason)


def skip_compensation(execution_id: str, path: str, *, reason: str) -> Call[Execution]:
    """Leave the visit `path` of a stuck execution as it is, not undone.

    Raises:
        ApiError: `invalid_transition`, `compensation_not_found`, `reason_required`.
    """
    return _undo(execution_id, path, "skip", reason)


def accept_compensation(execution_id: str, path: str, *, reason: str) -> Call[Execution]:
    """Say that the visit `path` of a stuck execution was undone by other means.

    Raises:
        ApiError: `invalid_transition`, `compensation_not_found`, `reason_required`.
    """
    return _undo(execution_id, path, "accept", reason)


def _act(execution_id: str, act: str, **order: Json) -> Call[Execution]:
    return post(f"{of(execution_id)}/{act}", Execution, _given(order))


def _undo(execution_id: str, path: str, act: str, reason: str | None) -> Call[Execution]:
    return post(
        f"{of(execution_id)}/compensations/{segment(path)}/{act}", Execution, _given({"reason": reason})
    )


def _given(order: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in order.items() if value is not None}
