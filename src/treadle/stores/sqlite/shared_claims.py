"""Claims of single executions: those that wait for the writer at the same time share a transaction."""

from queue import Empty, SimpleQueue

from treadle.model.ids import EngineId, ExecutionId
from treadle.ports.commit import Claimed
from treadle.stores.sqlite.claims import Claims
from treadle.stores.sqlite.in_thread import InThread


class Wanted:
    """A claim that is asked for; `claimed` is what came of it."""

    __slots__ = ("claimed", "engine", "execution_id")

    def __init__(self, engine: EngineId, execution_id: ExecutionId) -> None:
        self.engine = engine
        self.execution_id = execution_id
        self.claimed: Claimed | None = None


class SharedClaims:
    """A transaction costs a sync of the disk, whether it claims one execution or a hundred."""

    def __init__(self, claims: Claims, in_thread: InThread) -> None:
        self._claims = claims
        self._in_thread = in_thread
        self._waiting: SimpleQueue[Wanted] = SimpleQueue()

    async def claim(self, engine: EngineId, execution_id: ExecutionId) -> Claimed | None:
        wanted = Wanted(engine, execution_id)
        self._waiting.put(wanted)
        await self._in_thread(lambda: self._claim_waiting(wanted))
        return wanted.claimed

    def _claim_waiting(self, own: Wanted) -> None:
        """Claim all that wait, unless who came before has done that; runs in the writer's thread.

        When it fails, `own` is told; each of the others has its own turn after this one.
        """
        taken = self._taken()
        if not taken:
            return
        try:
            found = self._claims.claim_each([(one.engine, one.execution_id) for one in taken])
        except BaseException:
            for one in taken:
                if one is not own:
                    self._waiting.put(one)
            raise
        for one, claimed in zip(taken, found, strict=True):
            one.claimed = claimed

    def _taken(self) -> list[Wanted]:
        taken: list[Wanted] = []
        while True:
            try:
                taken.append(self._waiting.get_nowait())
            except Empty:
                return taken
