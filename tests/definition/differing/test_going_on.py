"""What is called compatible for running executions is: one that goes on with it keeps all promises."""

from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treadle.definition.compile import compile_definition
from treadle.definition.differing.compare import compare
from treadle.definition.read import check, read_definition
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.testing.definitions import definitions
from treadle.testing.world import World

SEEDS = st.integers(0, 1_000_000)
STEPS = st.integers(0, 25)
quick = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
NEW: list[Json] = [
    {"id": "new", "kind": "task", "handler": "h", "compensate": {"handler": "u"}},
    {"id": "new", "kind": "sleep", "for": "1s"},
    {"id": "new", "kind": "wait", "signal": "go"},
    {"id": "new", "kind": "set", "vars": {"region": "us"}},
    {"id": "new", "kind": "parallel", "branches": {"a": [{"id": "inner", "kind": "task", "handler": "h"}]}},
    {"id": "new", "kind": "end", "status": "failed", "when": {"==": [{"var": "vars.region"}, "us"]}},
]
OTHER: list[tuple[str, Json]] = [
    ("timeout", "3s"),
    ("retry", {"max_attempts": 2, "on": ["all"]}),
    ("on_unknown", "pause"),
    ("deadline", "30s"),
    ("when", {"==": [{"var": "vars.region"}, "eu"]}),
    ("handler", {"name": "other", "input": "{{ input.order }}"}),
    ("output", "{{ body }}"),
    ("for", "20ms"),
    ("concurrency", 2),
    ("max_iterations", 3),
]


class Migrated(World):
    """A world whose root execution goes on with another program after some steps."""

    def __init__(self, seed: int, old: Program, new: Program, after: int) -> None:
        super().__init__(seed, old)
        self._new = new
        self._left = after

    def _step(self) -> None:
        if self._left == 0:
            self.root.program = self.definitions[self._new.name] = self._new
        self._left -= 1
        super()._step()


def sequences(tree: Json) -> list[list[Json]]:
    """Every list of nodes that run one after the other."""
    found: list[list[Json]] = []
    values = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in values:
        if key == "steps" and isinstance(value, list):
            found.append(value)
        found += sequences(value)
    return found


@st.composite
def versions(draw: st.DrawFn) -> tuple[Json, Json]:
    """A document, and the same with a few nodes put in and fields changed; not always a good one."""
    old = draw(definitions())
    new = deepcopy(old)
    bodies = [body for body in sequences(new) if body]
    if bodies and draw(st.booleans()):
        body = draw(st.sampled_from(bodies))
        body.insert(draw(st.integers(0, len(body))), deepcopy(draw(st.sampled_from(NEW))))
    for body in bodies:
        for node in body:
            fields = [one for one in OTHER if one[0] in node] or OTHER[3:5]
            if draw(st.booleans()):
                field, value = draw(st.sampled_from(fields))
                node[field] = deepcopy(value)
    return old, new


def goes_on(old: Json, new: Json, seed: int, after: int) -> bool:
    """Whether the two were compatible, and an execution lived through the change."""
    changed = check(new).definition
    if changed is None or not compare(read_definition(old), changed).for_running.compatible:
        return False
    Migrated(seed, compile_definition(read_definition(old)), compile_definition(changed), after).run()
    return True


@quick
@given(documents=versions(), seed=SEEDS, after=STEPS)
def test_an_execution_goes_on_with_what_is_compatible(
    documents: tuple[Json, Json], seed: int, after: int
) -> None:
    goes_on(*documents, seed, after)


@pytest.mark.slow
def test_many_executions_go_on_with_what_is_compatible() -> None:
    gone_on = 0

    @settings(quick, max_examples=300, database=None)
    @given(documents=versions(), seed=SEEDS, after=STEPS)
    def look(documents: tuple[Json, Json], seed: int, after: int) -> None:
        nonlocal gone_on
        gone_on += goes_on(*documents, seed, after)

    look()
    assert gone_on > 100
