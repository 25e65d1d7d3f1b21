"""What one execution may grow to: named settings, each with its unit."""

from typing import Final

import msgspec


class ExecutionBounds(msgspec.Struct, frozen=True, kw_only=True):
    """A breach is a clear failure under the name of the bound, and loses nothing."""

    transitions: int = 256
    """Visits entered or left in one decision; then it is committed, and continued."""
    decision_bytes: int = 1024 * 1024
    """Variables, results and signals, as JSON, that the steps of one decision record; then the same."""
    frames: int = 1_000
    """Live frames; more fail the node that would open them with `frames`."""
    items: int = 10_000
    """Items of one `each`; more fail it with `items`."""
    state_bytes: int = 8 * 1024 * 1024
    """State as JSON; a node that brings it beyond fails with `state_bytes`."""
    kept_signals: int = 1_000
    """Signals kept for a wait to come; more are refused with `signals_full`."""
    signal_kept_ms: int = 7 * 24 * 3_600_000
    """How long a signal is kept."""
    child_depth: int = 16
    """Executions below one another; a child that is deeper fails its node with `child_depth`."""


DEFAULT_BOUNDS: Final = ExecutionBounds()
