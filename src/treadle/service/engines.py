"""The engines of a store and the duties among them: with one process on a store, that process."""

from typing import Final

import msgspec

from treadle.model.ids import EngineId
from treadle.model.instants import format_instant
from treadle.service.parts import ServiceParts

EXCLUSIVE: Final = "exclusive"
MS_A_SECOND: Final = 1_000


class LeaseView(msgspec.Struct, frozen=True, kw_only=True):
    """The right to write the store. `exclusive`: nobody else has it while the process lives.

    `until` is when a lease ends that is not renewed; null of an exclusive one, which ends with its process.
    """

    kind: str
    until: str | None = None


class EngineView(msgspec.Struct, frozen=True, kw_only=True):
    """One engine. `live_executions` are those that it drives, in memory, `live_executions_max` at most.

    `lag` is for how many seconds something is due that is not driven or not yet told: 0 when nothing is.
    """

    id: EngineId
    started: str
    lease: LeaseView
    live_executions: int
    live_executions_max: int
    lag: float


class EngineList(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[EngineView, ...]


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    """A duty that one engine of the store has at a time; `holder` is the id of that engine."""

    name: str
    holder: EngineId
    since: str


class RoleList(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[RoleView, ...]


class Engines:
    """What this process is to its store. A store that one process has to itself has no other engines."""

    def __init__(self, parts: ServiceParts) -> None:
        self._duties = parts.engine.duties
        self._readings = parts.engine.readings
        self._store = parts.store
        self._clock = parts.clock

    async def all(self) -> EngineList:
        """Every engine that may write the store.

        Raises:
            Unavailable: the store does not say what is due.
        """
        lag_ms = await self._lag_ms()
        engine = EngineView(
            id=self._duties.engine,
            started=format_instant(self._duties.since),
            lease=LeaseView(kind=EXCLUSIVE),
            live_executions=self._readings.live,
            live_executions_max=self._readings.live_max,
            lag=lag_ms / MS_A_SECOND,
        )
        return EngineList(items=(engine,))

    def roles(self) -> RoleList:
        """Every role that is held, and by whom."""
        held = self._duties.roles()
        return RoleList(
            items=tuple(
                RoleView(name=role.name, holder=role.holder, since=format_instant(role.since))
                for role in held
            )
        )

    async def _lag_ms(self) -> int:
        """How long ago the first of what is due fell due: in the store, or of the live executions."""
        waiting = (await self._store.next_due(), self._readings.next_alarm)
        now = self._clock.now()
        return max((now - at for at in waiting if at is not None and at < now), default=0)
