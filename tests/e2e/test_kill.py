"""A server killed under load loses nothing that it acknowledged and repeats nothing whose end was durable."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.attempts import Kind, attempts_of
from tests.e2e.checks import Rule, check, kind_of
from tests.e2e.evidence import Evidence, Seen
from tests.e2e.killing import IN_FLIGHT_MIN, Plan, run_kills, store_of
from tests.e2e.planting import (
    ACKNOWLEDGED_BEFORE_COMMIT,
    BUSY_FRAMES_FORGOTTEN,
    EFFECTS_BEFORE_COMMIT,
    SLOW_COMMITS,
    Edit,
    plant,
)
from tests.e2e.processes import SOURCE
from tests.e2e.saga import WIDE
from tests.e2e.server import verify
from tests.e2e.stored import alter_one_event

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def run(folder: Path, seed: str, kills: int, edits: tuple[Edit, ...] = ()) -> Evidence:
    """A run over the source, or over a copy of it with these edits."""
    source = plant(folder, *edits) if edits else SOURCE
    return asyncio.run(run_kills(Plan(seed=seed, kills=kills, source=source), folder))


def broken_rules(evidence: Evidence) -> dict[Rule, list[str]]:
    """By rule, what is found broken: the first few of each."""
    found: dict[Rule, list[str]] = {}
    for violation in check(evidence):
        found.setdefault(violation.rule, []).append(violation.detail)
    return {rule: details[:5] for rule, details in found.items()}


def test_twenty_kills_under_load_lose_and_repeat_nothing(tmp_path: Path) -> None:
    evidence = run(tmp_path, "twenty", 20)
    assert [kill.in_flight >= IN_FLIGHT_MIN for kill in evidence.ledger.kills] == [True] * 20
    assert broken_rules(evidence) == {}
    assert_eventful(evidence)
    verified = verify(store_of(tmp_path))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def assert_eventful(evidence: Evidence) -> None:
    """The run was not empty of what the checks are about."""
    statuses = [seen.told.status for seen in evidence.executions.values()]
    assert min(statuses.count("completed"), statuses.count("failed")) >= 50
    for kind in Kind:
        calls = [call for call in evidence.ledger.calls if kind_of(call) is kind]
        broken = {call.key for call in calls if call.is_broken}
        again = [call for call in calls if call.key in broken and call.attempt > 1]
        assert len(again) >= 10, f"calls for {kind} are broken by kills and sent again"
    tours = [seen for seen in evidence.executions.values() if seen.told.definition.name == WIDE]
    ends = Counter(seen.told.status for seen in tours)
    assert min(ends["completed"], ends["failed"]) >= 20
    assert any(is_late_answer(seen) for seen in tours), "a callback answers a call that was lost"


def is_late_answer(seen: Seen) -> bool:
    """Whether a callback ended an attempt after which another one was begun."""
    attempts = attempts_of(seen)
    return any(
        one.is_callback and other.key == one.key and other.number > one.number
        for one in attempts
        for other in attempts
    )


def test_verify_names_the_execution_of_which_one_stored_event_was_altered(tmp_path: Path) -> None:
    evidence = run(tmp_path, "altered", 1)
    assert broken_rules(evidence) == {}
    before = verify(store_of(tmp_path))
    assert before.returncode == 0, before.stdout + before.stderr
    execution = alter_one_event(store_of(tmp_path))
    after = verify(store_of(tmp_path))
    assert after.returncode == 1, after.stdout + after.stderr
    others = evidence.executions.keys() - {execution}
    said = after.stdout + after.stderr
    assert execution in said
    assert not [other for other in others if other in said], "the others are as they were"


def test_effects_that_start_before_their_commit_are_found(tmp_path: Path) -> None:
    evidence = run(tmp_path, "early", 3, EFFECTS_BEFORE_COMMIT + SLOW_COMMITS)
    assert {Rule.CALL_BEFORE_COMMIT, Rule.ATTEMPT_REPEATED} <= broken_rules(evidence).keys()


def test_acknowledgements_that_go_out_before_their_commit_are_found(tmp_path: Path) -> None:
    evidence = run(tmp_path, "hasty", 6, ACKNOWLEDGED_BEFORE_COMMIT + SLOW_COMMITS)
    assert Rule.ACKNOWLEDGED_LOST in broken_rules(evidence)


def test_slow_commits_alone_break_nothing(tmp_path: Path) -> None:
    assert broken_rules(run(tmp_path, "early", 3, SLOW_COMMITS)) == {}


def test_a_recovery_that_forgets_what_was_in_flight_is_found(tmp_path: Path) -> None:
    evidence = run(tmp_path, "forgotten", 1, BUSY_FRAMES_FORGOTTEN)
    assert broken_rules(evidence).keys() == {Rule.NOT_ENDED}
