"""What does not agree in a store is found, and named by its execution and event."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.runtime.world import NAMESPACE, FallibleStore, program, sleep, stage, task
from treadle.codec.chain import seal
from treadle.codec.events import decode_events, encode_events
from treadle.codec.snapshots import decode_snapshot, encode_snapshot
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId
from treadle.ports.commit import HistoryRow
from treadle.ports.views import AuditedExecution
from treadle.service.audit import audit, examine

pytestmark = pytest.mark.anyio
SAGA = program(task("first", "second", undo=True), task("second"))
LONG = program(task("first", "nap"), sleep("nap", 3_600_000))
Tampering = Callable[[AuditedExecution], AuditedExecution]


async def audited() -> AuditedExecution:
    """One execution that has ended, as it is kept."""
    async with stage(SAGA) as on:
        await on.ended(await on.begin(SAGA))
        return (await on.store.views.audit(None, 1))[0]


def row(kept: AuditedExecution, index: int, **changed: Any) -> AuditedExecution:
    rows = list(kept.history)
    rows[index] = replace(rows[index], **changed)
    return replace(kept, history=tuple(rows))


def resealed(kept: AuditedExecution, index: int, events: bytes) -> AuditedExecution:
    """Other events in a row, with a chain that fits: what only the fold can find."""
    rows: list[HistoryRow] = []
    for at, old in enumerate(kept.history):
        digest = rows[-1].digest if rows else b""
        held = events if at == index else old.events
        rows.append(seal(digest, old.first_seq, old.last_seq, old.at, held))
    return replace(kept, history=tuple(rows), snapshot_digest=rows[-1].digest)


def with_other_input(kept: AuditedExecution) -> AuditedExecution:
    first, *rest = decode_events(kept.history[0].events)
    return resealed(kept, 0, encode_events([replace(first, input={"other": 1}), *rest]))


def with_a_second_end(kept: AuditedExecution) -> AuditedExecution:
    events = decode_events(kept.history[-1].events)
    return resealed(kept, -1 % len(kept.history), encode_events([*events, events[-1]]))


def with_another_snapshot(kept: AuditedExecution) -> AuditedExecution:
    assert kept.snapshot is not None
    return replace(kept, snapshot=encode_snapshot(replace(decode_snapshot(kept.snapshot), priority=9)))


def listed(kept: AuditedExecution, **changed: Any) -> AuditedExecution:
    return replace(kept, summary=replace(kept.summary, **changed))


async def test_what_an_engine_wrote_agrees() -> None:
    kept = await audited()
    examined = examine(kept)
    assert (examined.findings, examined.events) == ((), kept.summary.version)


@pytest.mark.parametrize(
    ("tamper", "codes"),
    [
        (lambda kept: row(kept, 1, at=kept.history[1].at + 1), {"broken_chain"}),
        (lambda kept: row(kept, 1, digest=b"x" * 32), {"broken_chain"}),
        (lambda kept: replace(kept, history=kept.history[:1] + kept.history[2:]), {"gap", "broken_chain"}),
        (lambda kept: replace(kept, history=()), {"no_history"}),
        (lambda kept: row(kept, 1, events=b"{"), {"unreadable_events"}),
        (with_a_second_end, {"wrong_count"}),
        (with_other_input, {"snapshot"}),
        (with_another_snapshot, {"snapshot", "snapshot_and_tail"}),
        (lambda kept: replace(kept, snapshot=b"{}"), {"unreadable_snapshot"}),
        (lambda kept: replace(kept, snapshot_digest=b"x" * 32), {"snapshot_digest"}),
        (lambda kept: replace(kept, snapshot_version=2), {"snapshot_misplaced"}),
        (lambda kept: listed(kept, status=ExecutionStatus.RUNNING), {"columns"}),
        (lambda kept: listed(kept, business_key="other", run=2), {"columns"}),
        (lambda kept: listed(kept, version=kept.summary.version - 1), {"columns"}),
    ],
)
async def test_each_kind_of_damage_is_found(tamper: Tampering, codes: set[str]) -> None:
    kept = await audited()
    findings = examine(tamper(kept)).findings
    assert codes <= {finding.code for finding in findings}
    assert {finding.execution_id for finding in findings} == {kept.summary.id}


async def test_the_place_of_damage_is_named() -> None:
    kept = await audited()
    broken = kept.history[1]
    (finding,) = [
        one for one in examine(row(kept, 1, digest=b"x" * 32)).findings if one.code == "broken_chain"
    ]
    assert finding.seq == broken.first_seq


async def test_every_execution_is_looked_at_those_that_go_on_too() -> None:
    store = FallibleStore()
    async with stage(LONG, store=store) as on:
        begun = [await on.begin(LONG) for _ in range(45)]
        await on.services.until_called("first", 45)
    seen: list[ExecutionId] = []
    async for examined in audit(store.views):
        assert examined.findings == ()
        seen.append(examined.execution_id)
    assert seen == sorted(begun)
    assert await store.views.execution(NAMESPACE, seen[0]) is not None
