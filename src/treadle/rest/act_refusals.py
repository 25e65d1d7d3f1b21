"""With which codes an act may end, beside those that any request may."""

from collections.abc import Mapping
from typing import Final

OF_EXECUTIONS: Final = ("execution_not_found", "invalid_transition")
OF_COMPENSATIONS: Final = ("execution_not_found", "compensation_not_found", "invalid_transition")
FURTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "retry": ("parent_moved_on",),
    "wake": ("nothing_to_wake", "ambiguous_path"),
    "resolve": ("ambiguous_path",),
}
"""Of an act on an execution."""
REASONED: Final = frozenset({"skip", "accept"})
"""The acts on a compensation for which a reason is needed: a person takes it upon himself."""


def execution_act(name: str) -> tuple[str, ...]:
    """The codes of that act on an execution."""
    return (*OF_EXECUTIONS, *FURTHER.get(name, ()))


def compensation_act(name: str) -> tuple[str, ...]:
    """The codes of that act on a compensation."""
    return (*OF_COMPENSATIONS, "reason_required") if name in REASONED else OF_COMPENSATIONS
