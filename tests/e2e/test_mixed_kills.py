"""A server killed under mixed load keeps every promise that it gave to a caller."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.mixed.judging import Rule, judge
from tests.e2e.mixed.notes import Kind
from tests.e2e.mixed.running import Evidence, Plan, run_mixed
from tests.e2e.planting import ACKNOWLEDGED_BEFORE_COMMIT, SLOW_COMMITS, Edit, plant
from tests.e2e.processes import SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KILLS: Final = 20
KEYS_FORGOTTEN: Final = (
    Edit(
        file="core/commands/signal_execution.py",
        old="turn.execution.signal_keys.get(command.key.key)",
        new="turn.execution.signal_keys.get(command.key.key + '?')",
    ),
)
"""A signal that comes again under its key is another one."""
EVENTS_PASSED_OVER: Final = (
    Edit(
        file="rest/events.py",
        old="    return int(text)\n",
        new="    return int(text) + 1\n",
    ),
)
EVENTS_TOLD_AGAIN: Final = (
    Edit(
        file="rest/events.py",
        old="    return int(text)\n",
        new="    return int(text) - 1\n",
    ),
)


def run(folder: Path, seed: str, kills: int, edits: tuple[Edit, ...] = ()) -> Evidence:
    """A run over the source, or over a copy of it with these edits."""
    source = plant(folder, *edits) if edits else SOURCE
    return asyncio.run(run_mixed(Plan(seed=seed, kills=kills, source=source), folder))


def test_kills_under_mixed_load_take_back_nothing_that_was_answered(tmp_path: Path) -> None:
    evidence = run(tmp_path, "mixed", KILLS)
    assert judge(evidence) == {}
    notes = evidence.notes
    assert len(notes.killed) == KILLS
    answered, under_way = notes.answered(), notes.under_way()
    assert [kind for kind in Kind if answered[kind] < KILLS / 2] == [], "of each kind some were answered"
    assert [kind for kind in Kind if under_way[kind] < 2] == [], "kills came between request and answer"
    assert sum(one.connections > 1 for one in notes.followed) >= KILLS


def test_answers_that_go_out_before_their_commit_are_found(tmp_path: Path) -> None:
    found = judge(run(tmp_path, "hasty", 6, ACKNOWLEDGED_BEFORE_COMMIT + SLOW_COMMITS))
    assert found.keys() & {Rule.START_LOST, Rule.SIGNAL_LOST, Rule.CALLBACK_LOST, Rule.ACT_LOST}


def test_slow_commits_alone_break_nothing(tmp_path: Path) -> None:
    assert judge(run(tmp_path, "hasty", 2, SLOW_COMMITS)) == {}


def test_a_signal_that_is_taken_twice_under_one_key_is_found(tmp_path: Path) -> None:
    assert Rule.SIGNALLED_TWICE in judge(run(tmp_path, "forgetful", 2, KEYS_FORGOTTEN))


@pytest.mark.parametrize(
    ("edits", "rule"),
    [(EVENTS_PASSED_OVER, Rule.EVENT_LOST), (EVENTS_TOLD_AGAIN, Rule.EVENT_TWICE)],
    ids=["passed over", "told again"],
)
def test_a_follower_who_is_not_told_each_event_once_is_found(
    tmp_path: Path, edits: tuple[Edit, ...], rule: Rule
) -> None:
    assert rule in judge(run(tmp_path, "followed", 1, edits))
