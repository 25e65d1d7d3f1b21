"""Sleeps, and waits for signals."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, node
from tests.e2e.kinds.scenario import End, Scenario, Step
from tests.e2e.kinds.services import Plan
from tests.e2e.kinds.steps import act, arrived, let_go, signal, stands

SHORT: Final = "3s"
"""Longer than it takes until the kill, as a rule; the end is the same if it is not."""
OPEN: Final = stands("hold", "waiting")


def _waiting(
    name: str, *, middle: tuple[Step, ...], onward: tuple[Step, ...], output: Any, **fields: Any
) -> Scenario:
    return Scenario(
        name=name,
        documents=lambda work: (work.document(node("wait", "hold", **fields)),),
        middle=middle,
        reasons=frozenset({"waiting_signal"}),
        onward=onward,
        end=End(output=output, nodes={"hold": "completed"}, events={"WaitOpened": 1, "WaitClosed": 1}),
    )


def _any(*names: str) -> list[dict[str, str]]:
    return [{"signal": name} for name in names]


SLEEP: Final = Scenario(
    name="sleep",
    documents=lambda work: (work.document(node("sleep", "nap", **{"for": "1h"}), work.task("ship")),),
    middle=(stands("nap", "sleeping"),),
    reasons=frozenset({"sleeping"}),
    onward=(stands("nap", "sleeping"), act("wake")),
    end=End(
        output={"did": "ship"},
        nodes={"nap": "completed", "ship": "completed"},
        calls={"ship": "200"},
        events={"TimerStarted": 1, "TimerFired": 1, "ExecutionWoken": 1},
    ),
)
SLEEP_DUE: Final = Scenario(
    name="sleep-due",
    documents=lambda work: (work.document(node("sleep", "nap", **{"for": SHORT}), work.task("ship")),),
    middle=(),
    onward=(),
    end=End(
        output={"did": "ship"},
        nodes={"nap": "completed", "ship": "completed"},
        calls={"ship": "200"},
        events={"TimerStarted": 1, "TimerFired": 1},
    ),
)
WAIT: Final = _waiting("wait", signal="go", middle=(OPEN,), onward=(signal("go", {"n": 1}),), output={"n": 1})
WAIT_ANY: Final = _waiting(
    "wait-any",
    any=_any("a", "b"),
    middle=(OPEN,),
    onward=(signal("b", 2),),
    output={"index": 1, "value": 2},
)
WAIT_ALL: Final = _waiting(
    "wait-all",
    all=_any("a", "b"),
    middle=(OPEN, signal("b", 2)),
    onward=(signal("a", 1),),
    output=[1, 2],
)
WAIT_COUNT: Final = _waiting(
    "wait-count",
    signal="tick",
    count=3,
    middle=(OPEN, signal("tick", 1), signal("tick", 2)),
    onward=(signal("tick", 3),),
    output=[1, 2, 3],
)


def _kept(work: Work) -> tuple[dict[str, Any], ...]:
    return (work.document(work.task("prepare"), node("wait", "hold", signal="go")),)


WAIT_KEPT: Final = Scenario(
    name="wait-kept",
    documents=_kept,
    plans={"prepare": Plan(is_held=True)},
    middle=(arrived("prepare"), signal("go", "early")),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("prepare"),),
    end=End(
        output="early",
        nodes={"prepare": "completed", "hold": "completed"},
        calls={"prepare": "broken 200"},
        events={"SignalKept": 1, "SignalReceived": 1},
    ),
)
WAIT_TIMED_OUT: Final = Scenario(
    name="wait-timed-out",
    documents=lambda work: (
        work.document(node("wait", "hold", signal="go", timeout=SHORT, on_timeout="continue")),
    ),
    middle=(),
    onward=(),
    end=End(output={"timed_out": True}, nodes={"hold": "completed"}, events={"WaitClosed": 1}),
)
SCENARIOS: Final = (
    *(SLEEP, SLEEP_DUE),
    *(WAIT, WAIT_ANY, WAIT_ALL, WAIT_COUNT, WAIT_KEPT, WAIT_TIMED_OUT),
)
