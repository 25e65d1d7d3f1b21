"""`each` and `loop`."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, equal, node
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import arrived, let_go, signal, stands

Documents = tuple[dict[str, Any], ...]
FOUR: Final = ["a", "b", "c", "d"]


def _each(work: Work) -> Documents:
    items = node("each", "all", items="{{ input }}", concurrency=2, steps=[work.task("pick", undo=True)])
    return (work.document(items),)


EACH: Final = Scenario(
    name="each",
    documents=_each,
    input=FOUR,
    plans={"pick": Plan(is_held=True)},
    middle=(arrived("pick", "pick[0]"), arrived("pick", "pick[1]")),
    reasons=frozenset({"in_flight", "held_by_bound"}),
    onward=(
        let_go("pick", "pick[1]"),
        arrived("pick", "pick[2]"),
        let_go("pick", "pick[2]"),
        arrived("pick", "pick[3]"),
        let_go("pick", "pick[3]", "pick[0]"),
    ),
    end=End(
        output=[{"did": f"pick[{index}]"} for index in range(4)],
        nodes={"all": "completed"},
        compensations={f"pick[{index}]": "armed" for index in range(4)},
        calls={"pick[0]": "broken 200", "pick[1]": "broken 200", "pick[2]": "200", "pick[3]": "200"},
        is_ordered=False,
        events={"IterationEnded": 4},
    ),
)


def _collecting(work: Work) -> Documents:
    steps = [work.task("pick", undo=True), work.task("check")]
    items = node("each", "all", items="{{ input }}", on_item_failure="collect", steps=steps)
    parts = ("[0].did", "[1].failure.code", "[2].did")
    return (work.document(items, output=[f"{{{{ nodes.all.output{part} }}}}" for part in parts]),)


EACH_COLLECTING: Final = Scenario(
    name="each-collecting",
    documents=_collecting,
    input=FOUR[:3],
    plans={"check": Plan(is_held=True, replies={"check[1]": Reply(status=409)})},
    middle=tuple(arrived("check", f"check[{index}]") for index in range(3)),
    reasons=frozenset({"in_flight"}),
    onward=(
        let_go("check", "check[1]"),
        arrived("pick.undo", "pick[1]"),
        let_go("check", "check[0]", "check[2]"),
    ),
    end=End(
        output=["check[0]", "http_409", "check[2]"],
        nodes={"all": "completed"},
        compensations={"pick[0]": "armed", "pick[1]": "completed", "pick[2]": "armed"},
        calls={
            **{f"pick[{index}]": "200" for index in range(3)},
            "check[0]": "broken 200",
            "check[1]": "broken 409",
            "check[2]": "broken 200",
            "pick[1]/undo": "200",
        },
        is_ordered=False,
    ),
)


def _until(work: Work) -> Documents:
    return (
        work.document(
            node("loop", "again", until=equal("nodes.poll.output.ready", True), steps=[work.task("poll")])
        ),
    )


LOOP_UNTIL: Final = Scenario(
    name="loop-until",
    documents=_until,
    plans={
        "poll": Plan(
            is_held=True,
            replies={f"poll[{index}]": Reply(body={"ready": index == 2, "n": index}) for index in range(3)},
        )
    },
    middle=(let_go("poll", "poll[0]"), arrived("poll", "poll[1]")),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("poll", "poll[1]", "poll[2]"),),
    end=End(
        output={"ready": True, "n": 2},
        nodes={"again": "completed"},
        calls={"poll[0]": "200", "poll[1]": "broken 200", "poll[2]": "200"},
        events={"IterationEnded": 3},
    ),
)
LOOP_WHILE: Final = Scenario(
    name="loop-while",
    documents=lambda work: (
        work.document(
            node(
                "loop",
                "again",
                **{"while": {"<": [{"var": "index"}, 3]}},
                steps=[node("wait", "hold", signal="tick")],
            )
        ),
    ),
    middle=(stands("hold[0]", "waiting"), signal("tick", 0), stands("hold[1]", "waiting")),
    reasons=frozenset({"waiting_signal"}),
    onward=(signal("tick", 1), signal("tick", 2)),
    end=End(output=2, nodes={"again": "completed"}, events={"IterationEnded": 3, "SignalReceived": 3}),
)
SCENARIOS: Final = (EACH, EACH_COLLECTING, LOOP_UNTIL, LOOP_WHILE)
