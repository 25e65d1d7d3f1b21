"""A state while events are folded into it."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from treadle.model.execution import Compensation, Execution, Frame, Visit
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import TransientMap, transient

NOTHING: Final[Mapping[str, Any]] = {}


class Draft:
    """An execution in the making: an event changes it in place, and `frozen` is the state that comes of it.

    Mutable, and belongs to one decision or one fold: the maps of the execution from which it was made are
    copied once, and not for each of the events. Its fields are those of `Execution`. The frames, visits and
    compensations are there to be changed; every other field has a new value from `change` alone.
    """

    __slots__ = (*Execution.__struct_fields__, "_before", "_changed")

    version: int
    frames: TransientMap[FrameId, Frame]
    visits: TransientMap[str, Visit]
    compensations: TransientMap[Path, Compensation]

    def __init__(self, execution: Execution) -> None:
        self._before = execution
        self._changed = NOTHING
        self.version = execution.version
        self.updated_at = execution.updated_at
        self.frames = transient(execution.frames)
        self.visits = transient(execution.visits)
        self.compensations = transient(execution.compensations)
        self.id: Final = execution.id
        self.namespace: Final = execution.namespace
        self.definition: Final = execution.definition
        self.semantics: Final = execution.semantics
        self.business_key: Final = execution.business_key
        self.priority: Final = execution.priority
        self.labels: Final = execution.labels
        self.input: Final = execution.input
        self.vars: Final = execution.vars
        self.traceparent: Final = execution.traceparent
        self.run: Final = execution.run
        self.earlier: Final = execution.earlier
        self.paused: Final = execution.paused
        self.outcome: Final = execution.outcome
        self.ended: Final = execution.ended
        self.is_stuck: Final = execution.is_stuck
        self.reason: Final = execution.reason
        self.output: Final = execution.output
        self.failure: Final = execution.failure
        self.warnings: Final = execution.warnings
        self.created_at: Final = execution.created_at
        self.started_at: Final = execution.started_at
        self.start_at: Final = execution.start_at
        self.ended_at: Final = execution.ended_at
        self.signals: Final = execution.signals
        self.signal_keys: Final = execution.signal_keys
        self.numbers: Final = execution.numbers
        self.deadline_at: Final = execution.deadline_at
        self.deadline_ms: Final = execution.deadline_ms
        self.parent: Final = execution.parent
        self.depth: Final = execution.depth

    def change(self, **fields: Any) -> None:
        """Give fields another value that few events change; as they are declared final, nothing else does."""
        for name, value in fields.items():
            setattr(self, name, value)
        self._changed = {**self._changed, **fields}

    def frozen(self) -> Execution:
        """The state after the events so far.

        It has the maps of the draft, so no event may follow while it is kept.
        """
        before = self._before
        if self.version == before.version:
            return before
        state = replace(
            before,
            version=self.version,
            updated_at=self.updated_at,
            frames=self.frames,
            visits=self.visits,
            compensations=self.compensations,
        )
        return replace(state, **self._changed) if self._changed else state


State: TypeAlias = Execution | Draft
"""What a rule looks at: the state that was, or the one that a decision is making."""
