"""Group commit: a batch is written as soon as the one before is durable, never after a delay."""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, compress
from operator import attrgetter
from typing import Final, Protocol, TypeAlias

import structlog

from treadle.model.errors import Unavailable
from treadle.ports.commit import CommitResult
from treadle.ports.store import Store
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.recording import Recording
from treadle.telemetry.metric import histogram
from treadle.telemetry.metrics import BATCH_COMMITS, BATCH_SECONDS
from treadle.telemetry.tally import Tally

log = structlog.get_logger(__name__)

Ending: TypeAlias = CommitResult | BaseException
"""How a commit ended: a result of the store, or why it was not written."""

# Of what each writer of a batch has written, without a step of the interpreter for each.
COMMIT: Final = attrgetter("recording.commit")
SIZE_BYTES: Final = attrgetter("recording.size_bytes")
TYPES: Final = attrgetter("recording.types")
REFUSED: Final = "refused"
"""How a commit ended that the store takes in no batch."""
TOLD_AT_ONCE: Final = 256
"""Drivers that go on without a pause of the loop, a few milliseconds' work.

More keep the next batch and other requests waiting, fewer cost turns of the loop: at 1,000 executions at once
both 32 and 1,000 make a tenth fewer steps.
"""


class Writer(Protocol):
    """Who has a commit written, one at a time: nothing else need be kept of each that waits."""

    @property
    def recording(self) -> Recording:
        """What is being written; it is there until the writer has been told how that ended."""
        ...

    def when_done(self, ending: Ending) -> None:
        """It is durable, or was not written."""
        ...


class Committer:
    """Hands the waiting commits of all executions to the store, many in one transaction.

    Writing and telling overlap: while the drivers of one batch go on, a slice of them at a time, the
    next batch is at the store.
    """

    def __init__(self, store: Store, bounds: RuntimeBounds, tally: Tally) -> None:
        self._store = store
        self._bounds = bounds
        self._tally = tally
        self._waiting: list[Writer] = []
        self._ended: list[Writer] = []
        self._endings: list[Ending] = []
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_writing = False
        self._is_telling = False
        self._answers = 0
        self._fault: str | None = None
        self._fault_until = 0.0
        self.batches = 0
        self.commits = 0
        self.endings = dict.fromkeys((*map(str, CommitResult), REFUSED), 0)
        self.batch_commits = histogram(BATCH_COMMITS)
        self.batch_seconds = histogram(BATCH_SECONDS)
        self.faults = 0

    @property
    def depth(self) -> int:
        """Commits that wait for the writer."""
        return len(self._waiting)

    @property
    def fault(self) -> str | None:
        """Why the last batch was not written, for a while: only a further commit can tell that it is over."""
        if self._fault is None or asyncio.get_running_loop().time() >= self._fault_until:
            return None
        return self._fault

    def add(self, writer: Writer) -> None:
        """Have its commit written; it is told in the loop, never before this returns."""
        if not self._waiting:
            self._idle.clear()
            self._wake.set()
        self._waiting.append(writer)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                self._is_writing = True
                await self._flush(self._take())
                self._answers += 1
                self._is_writing = False
            self._note_idle()

    async def idle(self) -> None:
        """Return when nothing waits to be written or told, or when the store answers nothing any more."""
        while not self._idle.is_set():
            answers = self._answers
            try:
                async with asyncio.timeout(self._bounds.store_silent_ms / 1_000):
                    await self._idle.wait()
            except TimeoutError:
                if self._answers == answers:
                    log.error("the store does not answer", waiting=self.depth)
                    return

    def _take(self) -> list[Writer]:
        """The next batch, within the bounds of rows and bytes."""
        batch = self._waiting[: self._bounds.batch_rows_max]
        bytes_up_to = list(accumulate(map(SIZE_BYTES, batch)))
        batch = batch[: max(1, bisect_right(bytes_up_to, self._bounds.batch_bytes_max))]
        del self._waiting[: len(batch)]
        return batch

    async def _flush(self, batch: Sequence[Writer]) -> None:
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        try:
            results = await self._store.commit(tuple(map(COMMIT, batch)))
        except Unavailable as fault:
            self._report_fault(fault)
            self._tell(batch, [fault] * len(batch))
        except Exception as refusal:  # a store's own error: found by halving, told to the guilty one alone
            await self._halve(batch, refusal)
        else:
            if len(results) != len(batch):
                raise RuntimeError(f"the store tells {len(results)} results of {len(batch)} commits")
            self._fault = None
            self._count(batch, results, loop.time() - begun_at)
            self._tell(batch, results)

    def _count(self, batch: Sequence[Writer], results: Sequence[CommitResult], elapsed_s: float) -> None:
        self.batches += 1
        self.commits += len(results)
        self.batch_commits.observe(len(results))
        self.batch_seconds.observe(elapsed_s)
        committed = results.count(CommitResult.COMMITTED)
        self.endings[CommitResult.COMMITTED.value] += committed
        if committed < len(results):
            for result in (CommitResult.CONFLICT, CommitResult.EXISTS):
                self.endings[result.value] += results.count(result)
            is_written = [result is CommitResult.COMMITTED for result in results]
            batch = tuple(compress(batch, is_written))
        self._tally.add(map(TYPES, batch))

    async def _halve(self, batch: Sequence[Writer], refusal: Exception) -> None:
        """Nothing of the batch was written: write its halves, until the guilty commit is alone."""
        if len(batch) == 1:
            log.error("commit refused", execution=batch[0].recording.commit.execution_id, exc_info=refusal)
            self.endings[REFUSED] += 1
            self._tell(batch, [refusal])
            return
        middle = len(batch) // 2
        await self._flush(batch[:middle])
        await self._flush(batch[middle:])

    def _tell(self, batch: Sequence[Writer], endings: Sequence[Ending]) -> None:
        """Tell the drivers in order: some now, the others when the loop has done other work."""
        self._ended.extend(batch)
        self._endings.extend(endings)
        if not self._is_telling:
            self._is_telling = True
            self._tell_slice()

    def _tell_slice(self) -> None:
        """Tell some, then let the loop do other work: hand the next batch over, carry out calls."""
        told = zip(self._ended[:TOLD_AT_ONCE], self._endings[:TOLD_AT_ONCE], strict=True)
        del self._ended[:TOLD_AT_ONCE], self._endings[:TOLD_AT_ONCE]
        for writer, ending in told:
            writer.when_done(ending)
        if self._ended:
            asyncio.get_running_loop().call_soon(self._tell_slice)
        else:
            self._is_telling = False
            self._note_idle()

    def _note_idle(self) -> None:
        if not (self._waiting or self._is_writing or self._is_telling):
            self._idle.set()

    def _report_fault(self, fault: Unavailable) -> None:
        self.faults += 1
        if self.fault is None:
            log.error("store fault", code=fault.code, message=fault.message)
        self._fault = fault.message
        self._fault_until = asyncio.get_running_loop().time() + self._bounds.fault_told_ms / 1_000
