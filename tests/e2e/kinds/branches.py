"""Nodes with branches: `switch`, `parallel`, `race`, `split`."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, equal, node
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import arrived, let_go, signal, stands

Documents = tuple[dict[str, Any], ...]
HELD: Final = Plan(is_held=True)


def _switch(work: Work) -> Documents:
    big = {"when": equal("input.size", "big"), "name": "big", "steps": [work.task("pallet")]}
    small = {"when": equal("input.size", "small"), "steps": [work.task("parcel")]}
    return (work.document(node("switch", "way", cases=[small, big], default=[work.task("letter")])),)


SWITCH: Final = Scenario(
    name="switch",
    documents=_switch,
    input={"size": "big"},
    plans={"pallet": HELD},
    middle=(arrived("pallet"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("pallet"),),
    end=End(
        output={"case": "big", "value": {"did": "pallet"}},
        nodes={"way": "completed", "pallet": "completed"},
        calls={"pallet": "broken 200"},
        events={"BranchChosen": 1},
    ),
)


def _parallel(work: Work) -> Documents:
    branches = {
        "money": [work.task("pay", undo=True)],
        "goods": [work.task("stock")],
        "word": [node("wait", "hold", signal="go")],
    }
    return (work.document(node("parallel", "fork", branches=branches)),)


PARALLEL: Final = Scenario(
    name="parallel",
    documents=_parallel,
    plans={"pay": HELD},
    middle=(arrived("pay"), stands("stock", "completed"), stands("hold", "waiting")),
    reasons=frozenset({"in_flight", "waiting_signal"}),
    onward=(let_go("pay"), signal("go", "yes")),
    end=End(
        output={"money": {"did": "pay"}, "goods": {"did": "stock"}, "word": "yes"},
        nodes=dict.fromkeys(("fork", "pay", "stock", "hold"), "completed"),
        compensations={"pay": "armed"},
        calls={"pay": "broken 200", "stock": "200"},
        is_ordered=False,
    ),
)


def _parallel_failing(work: Work) -> Documents:
    branches = {
        "left": [work.task("pay", undo=True), work.task("pack", undo=True), work.task("label")],
        "right": [work.task("ship")],
    }
    fork = node("parallel", "fork", branches=branches)
    return (work.document(work.task("reserve", undo=True), fork, work.task("after")),)


# What is in flight beside a failure is awaited, then undone; nothing further begins.
PARALLEL_FAILING: Final = Scenario(
    name="parallel-failing",
    documents=_parallel_failing,
    plans={"pack": HELD, "ship": Plan(is_held=True, replies={"ship": Reply(status=409)})},
    middle=(arrived("pack"), arrived("ship")),
    reasons=frozenset({"in_flight"}),
    onward=(
        arrived("pack", times=2),
        let_go("ship"),
        stands("pack", "closing"),
        let_go("pack"),
    ),
    end=End(
        status="failed",
        failure=("error", "http_409", "ship"),
        nodes={
            **dict.fromkeys(("reserve", "pay", "pack"), "completed"),
            **dict.fromkeys(("fork", "ship"), "failed"),
        },
        compensations=dict.fromkeys(("reserve", "pay", "pack"), "completed"),
        calls={
            "reserve": "200",
            "pay": "200",
            "pack": "broken 200",
            "ship": "broken 409",
            "pack/undo": "200",
            "pay/undo": "200",
            "reserve/undo": "200",
        },
        is_ordered=False,
    ),
)


def _race(work: Work) -> Documents:
    branches = {"fast": [work.task("quick")], "slow": [work.task("trudge", undo=True), work.task("rest")]}
    first = node("race", "first", branches=branches)
    return (work.document(first, work.task("after"), output="{{ nodes.first.output }}"),)


# The loser is undone beside the winner, who has gone on.
RACE: Final = Scenario(
    name="race",
    documents=_race,
    plans={"quick": HELD, "trudge": HELD, "after": HELD},
    middle=(arrived("quick"), arrived("trudge")),
    reasons=frozenset({"in_flight"}),
    onward=(
        arrived("trudge", times=2),
        let_go("quick"),
        arrived("after"),
        let_go("trudge"),
        arrived("trudge.undo", "trudge"),
        let_go("after"),
    ),
    end=End(
        output={"winner": "fast", "value": {"did": "quick"}},
        nodes=dict.fromkeys(("first", "quick", "trudge", "after"), "completed"),
        compensations={"trudge": "completed"},
        calls={"quick": "broken 200", "trudge": "broken 200", "after": "200", "trudge/undo": "200"},
        is_ordered=False,
    ),
)


def _split(work: Work) -> Documents:
    branches = {
        "heads": {"weight": 3, "steps": [work.task("crown")]},
        "tails": {"weight": 0, "steps": [work.task("number")]},
    }
    return (work.document(node("split", "coin", branches=branches)),)


SPLIT: Final = Scenario(
    name="split",
    documents=_split,
    plans={"crown": HELD},
    middle=(arrived("crown"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("crown"),),
    end=End(
        output={"branch": "heads", "value": {"did": "crown"}},
        nodes={"coin": "completed", "crown": "completed"},
        calls={"crown": "broken 200"},
        events={"BranchChosen": 1},
    ),
)
SCENARIOS: Final = (SWITCH, PARALLEL, PARALLEL_FAILING, RACE, SPLIT)
