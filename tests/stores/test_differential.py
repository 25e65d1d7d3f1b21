"""One random script into both stores at once: every reply and all that is kept are equal."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.model.views import ExecutionFilter
from treadle.ports.commit import (
    Claimed,
    Commit,
    CommitResult,
    InboxNote,
    InboxRow,
    ListColumns,
    NewExecution,
)
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import (
    NAMESPACE,
    at,
    columns,
    following,
    keyed,
    note,
    other,
    reaching,
    start,
    starting,
    written_by,
)
from treadle.testing.contracts.opened import ViewedStore

pytestmark = pytest.mark.anyio

STEPS = 120
NAMES = 25
BATCH_MAX = 12
KINDS = ("commit", "claim_due", "claim", "inbox", "forget", "register")
ENGINES = ("engine-a", "engine-b", "engine-c")


class Script:
    """Draws calls; it remembers the last good commit of each execution, so that most are legal."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.engine = EngineId(ENGINES[0])
        self.now = at(0)
        self.last: dict[str, Commit] = {}
        self.inboxes: dict[str, list[int]] = {}

    def batch(self) -> list[Commit]:
        count = self.random.randint(0, BATCH_MAX)
        return [self._reaching(self._commit(self.name())) for _ in range(count)]

    def name(self) -> ExecutionId:
        return ExecutionId(f"e{self.random.randrange(NAMES):02}")

    def learn(self, batch: list[Commit], results: list[CommitResult]) -> None:
        for commit, result in zip(batch, results, strict=True):
            if result is CommitResult.COMMITTED:
                self.last[commit.execution_id] = commit
        for commit, result in zip(batch, results, strict=True):
            if result is CommitResult.COMMITTED:
                for new in commit.starts:
                    self.last.setdefault(new.execution_id, start(new.execution_id))

    def see(self, name: ExecutionId, inbox: list[InboxRow]) -> None:
        """Know ids that a later commit may have used up; some of them are gone by then."""
        self.inboxes.setdefault(name, []).extend(row.id for row in inbox)

    def own(self, claimed: list[Claimed]) -> None:
        for each in claimed:
            name = each.state.execution_id
            self.last[name] = written_by(self.last[name], self.engine, each.fence)
            self.see(name, list(each.inbox))

    def _commit(self, name: str) -> Commit:
        before = self.last.get(name)
        if before is None or self.random.random() < 0.1:
            return self._first(name)
        is_release = self.random.random() < 0.3
        snapshot = self.random.choice([None, None, b"state %d" % before.version])
        made = following(before, listed=self._columns(), snapshot=snapshot, is_release=is_release)
        if self.random.random() < 0.1:
            return written_by(made, EngineId(self.random.choice(ENGINES)), self.random.randint(1, 4))
        return made

    def _reaching(self, commit: Commit) -> Commit:
        seen = self.inboxes.get(commit.execution_id, [])
        foreign = self.inboxes.get(self.name(), [])
        return reaching(
            commit,
            starts=[self._new() for _ in range(self._few())],
            notes=[self._note() for _ in range(self._few())],
            consumed=[id_ for id_ in (*seen, *foreign[:1]) if self.random.random() < 0.5],
        )

    def _few(self) -> int:
        return self.random.choices((0, 1, 3), (75, 20, 5))[0]

    def _new(self) -> NewExecution:
        due_at = self.random.choice([None, self.instant()])
        priority = self.random.choice([-1, 0, 7])
        return other(self.name(), due_at, priority=priority, created_at=self.now)

    def _note(self) -> InboxNote:
        return note(self.name(), b"%d" % self.random.getrandbits(30))

    def _first(self, name: str) -> Commit:
        key = keyed(name=f"k{self.random.randrange(NAMES)}", expires_at=self.instant())
        return starting(
            start(name, owner=self.engine, listed=self._columns(), is_release=self.random.random() < 0.4),
            priority=self.random.choice([-1, 0, 0, 0, 7]),
            created_at=self.now,
            labels={"team": self.random.choice("xy")},
            idempotency=self.random.choice([None, key]),
        )

    def instant(self) -> Instant:
        return Instant(self.now + self.random.randint(-20, 40))

    def _columns(self) -> ListColumns:
        is_ended = self.random.random() < 0.1
        return columns(
            self.random.choice(list(ExecutionStatus)),
            due_at=self.random.choice([None, self.instant()]),
            started_at=self.random.choice([None, self.now]),
            updated_at=self.instant(),
            ended_at=self.now if is_ended else None,
        )


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[ViewedStore, ViewedStore]]:
    stores = MemoryStore(), SqliteStore.open(tmp_path / "treadle.db")
    yield stores
    for store in stores:
        await store.close()


@pytest.mark.parametrize("seed", range(12))
async def test_both_stores_answer_the_same(both: tuple[ViewedStore, ViewedStore], seed: int) -> None:
    script = Script(seed)
    reference, store = both
    for each in both:
        await each.register_engine(script.engine, script.now)
    for _ in range(STEPS):
        script.now = Instant(script.now + script.random.randint(0, 10))
        kind = script.random.choices(KINDS, (60, 20, 10, 5, 5, 5))[0]
        if kind == "commit":
            batch = script.batch()
            results = list(await reference.commit(batch))
            assert list(await store.commit(batch)) == results
            script.learn(batch, results)
        elif kind == "claim_due":
            limit = script.random.randint(1, 8)
            claimed = list(await reference.claim_due(script.engine, script.now, limit))
            assert list(await store.claim_due(script.engine, script.now, limit)) == claimed
            script.own(claimed)
        elif kind == "claim":
            name = script.name()
            one = await reference.claim(script.engine, name)
            assert await store.claim(script.engine, name) == one
            script.own([one] if one else [])
        elif kind == "inbox":
            name = script.name()
            after = script.random.choice([0, *script.inboxes.get(name, [])])
            inbox = list(await reference.inbox(name, after))
            assert list(await store.inbox(name, after)) == inbox
            script.see(name, inbox)
        elif kind == "forget":
            limit = script.random.randint(1, 3)
            forgotten = await reference.forget_idempotency(script.now, limit)
            assert await store.forget_idempotency(script.now, limit) == forgotten
        else:
            script.engine = EngineId(script.random.choice(ENGINES))
            for each in both:
                await each.register_engine(script.engine, script.now)
        assert await store.next_due() == await reference.next_due()
    await assert_same_views(reference, store, script)


async def assert_same_views(reference: ViewedStore, store: ViewedStore, script: Script) -> None:
    assert list(await store.views.audit(None, 100)) == list(await reference.views.audit(None, 100))
    for where in (
        ExecutionFilter(namespace=NAMESPACE),
        ExecutionFilter(namespace=NAMESPACE, statuses=(ExecutionStatus.RUNNING, ExecutionStatus.FAILED)),
        ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"),)),
        ExecutionFilter(namespace=NAMESPACE, started_after=at(100), started_before=script.now),
    ):
        expected = list(await reference.views.executions(where, None, 100))
        assert list(await store.views.executions(where, None, 100)) == expected
    for index in range(NAMES):
        record = await reference.views.idempotency(NAMESPACE, f"k{index}")
        assert await store.views.idempotency(NAMESPACE, f"k{index}") == record
    for name in map(ExecutionId, script.last):
        assert await store.views.execution(NAMESPACE, name) == await reference.views.execution(
            NAMESPACE, name
        )
        assert list(await store.inbox(name, 0)) == list(await reference.inbox(name, 0))
        for after_seq, limit in ((0, 5), (4, 7), (0, 1_000)):
            expected_rows = list(await reference.views.history(name, after_seq, limit))
            assert list(await store.views.history(name, after_seq, limit)) == expected_rows
