"""Every kind of node, over HTTP services, against a server that is killed while each stands in its middle."""

import asyncio
import signal
from collections import Counter
from typing import Final

import pytest

from tests.e2e.checks import Rule, check
from tests.e2e.kinds.judging import assert_ended, assert_happened
from tests.e2e.kinds.running import Run, run_scenarios, store_of
from tests.e2e.kinds.scenario import Scenario
from tests.e2e.kinds.table import SCENARIOS
from tests.e2e.server import verify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

RULES: Final = frozenset(
    {
        Rule.ACKNOWLEDGED_LOST,
        Rule.HISTORY_LOST,
        Rule.CALL_BEFORE_COMMIT,
        Rule.ATTEMPT_REPEATED,
        Rule.OUTCOME_REPEATED,
    }
)
"""The others are about sagas of tasks alone; here the end of each scenario says the same exactly."""
IN_FLIGHT_MIN: Final = 30
"""So many calls at least were broken by the kill."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of all scenarios with one kill."""
    folder = tmp_path_factory.mktemp("kinds")
    run = asyncio.run(run_scenarios(SCENARIOS, folder))
    verified = verify(store_of(folder))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return run


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_was_in_its_middle_at_a_kill_ends_as_it_should(scenario: Scenario, run: Run) -> None:
    played = run.played[scenario.name]
    assert played.broken is None
    assert played.middle is not None
    assert played.again == played.middle.told, "the state of before, told by the history"
    if scenario.reasons is not None:
        assert played.middle.reasons == scenario.reasons
    calls = run.evidence.ledger.calls
    assert_ended(scenario.end, played.told, calls)
    assert_happened(scenario.end, played.history)
    for path, end in scenario.children.items():
        assert_ended(end, played.children[path], calls)


def test_nothing_durable_is_lost_and_nothing_of_known_outcome_is_repeated(run: Run) -> None:
    evidence = run.evidence
    assert run.exit_code == -signal.SIGKILL
    assert [kill.in_flight >= IN_FLIGHT_MIN for kill in evidence.ledger.kills] == [True]
    assert [violation for violation in check(evidence) if violation.rule in RULES] == []
    assert {seen.told.status for seen in evidence.executions.values()} == {"completed", "failed", "cancelled"}


def test_no_key_is_done_twice_and_no_undo_overtakes_what_it_undoes(run: Run) -> None:
    done = Counter(call.key for call in run.evidence.ledger.calls if call.status in (200, 202))
    assert [key for key, times in done.items() if times > 1] == []
    assert run.overtaken == ()
