"""All scenarios."""

from typing import Final

from tests.e2e.kinds import branches, children, iterations, pure, runs, scopes, tasks, unknowns, waits

SCENARIOS: Final = (
    *tasks.SCENARIOS,
    *waits.SCENARIOS,
    *branches.SCENARIOS,
    *iterations.SCENARIOS,
    *scopes.SCENARIOS,
    *children.SCENARIOS,
    *pure.SCENARIOS,
    *unknowns.SCENARIOS,
    *runs.SCENARIOS,
)
