"""What a decision of each kind costs, its fold included: `python -m bench core`."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Final

import msgspec

from bench.core_loop import BEGIN, collected_as_a_server, reference_us, start_of, taken_of
from treadle.core.decide import decide
from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.model.commands import Command, DeliverCallback, ReportOutcome, SendSignal
from treadle.model.decision import Decision
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.program import Program

ROUNDS: Final = 40
"""Of which the quickest is told: the others were disturbed."""
REPEATS: Final = 60
TURNS: Final = 20
"""Steps, items or turns of a program that has many."""
TASK: Final = {"kind": "task", "handler": "noop"}
RENDERED: Final = {
    "kind": "task",
    "handler": {"name": "noop", "input": {"order": "{{ input.order.id }}", "of": "{{ execution.id }}"}},
    "compensate": {"handler": {"name": "undo", "input": {"key": "{{ execution.id }}"}}},
}
INPUT: Final[Json] = {"order": {"id": 7}, "items": list(range(TURNS))}


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of decision: the document in which it is made, and which of its decisions count."""

    nodes: Sequence[Mapping[str, Json]]
    counts: slice
    answers: "Callable[[Decision], list[Command]]"


def outcomes_of(decision: Decision) -> list[Command]:
    """The attempts that were started are answered."""
    return [
        ReportOutcome(frame=one.frame, activity=one.activity, outcome=Ok(body={"ok": True}))
        for one in decision.invocations
    ]


def callbacks_of(decision: Decision) -> list[Command]:
    """The callbacks of the attempts that were started come."""
    return [DeliverCallback(activity=one.activity, body={"ok": True}) for one in decision.invocations]


def signals_of(decision: Decision) -> list[Command]:
    """The signal comes that is waited for."""
    return [] if decision.execution.ended else [SendSignal(name="go", payload={"ok": True}, actor="bench")]


def named(count: int, node: Mapping[str, Json]) -> list[dict[str, Json]]:
    """The node so many times, one after the other."""
    return [{"id": f"n{index}", **node} for index in range(count)]


def branches(kind: str) -> list[dict[str, Json]]:
    """A node with three branches of a task each."""
    inner = {name: [{"id": name, **TASK}] for name in ("a", "b", "c")}
    return [{"id": kind, "kind": kind, "branches": inner}]


EACH: Final = {
    "id": "all",
    "kind": "each",
    "items": "{{ input.items }}",
    "concurrency": 10,
    "steps": [{"id": "call", **TASK}],
}
LOOP: Final = {
    "id": "on",
    "kind": "loop",
    "while": {"<": [{"var": "index"}, TURNS]},
    "steps": [{"id": "call", **TASK}],
}
ASYNC: Final = {**TASK, "mode": "async", "callback": {"timeout": "1m"}}
WAIT: Final = {"kind": "wait", "signal": "go"}
MIDDLE: Final = slice(2, -2)
FIGURES: Final[Mapping[str, Figure]] = {
    "plain step": Figure(nodes=named(TURNS, TASK), counts=MIDDLE, answers=outcomes_of),
    "rendered task with an undo": Figure(nodes=named(TURNS, RENDERED), counts=MIDDLE, answers=outcomes_of),
    "parallel of 3, opening": Figure(nodes=branches("parallel"), counts=slice(0, 1), answers=outcomes_of),
    "parallel of 3, an answer": Figure(nodes=branches("parallel"), counts=slice(1, 4), answers=outcomes_of),
    "race of 3, opening": Figure(nodes=branches("race"), counts=slice(0, 1), answers=outcomes_of),
    "race of 3, the answer that wins": Figure(
        nodes=branches("race"), counts=slice(1, 2), answers=outcomes_of
    ),
    "item of each": Figure(nodes=[EACH], counts=slice(1, TURNS - 9), answers=outcomes_of),
    "turn of a loop": Figure(nodes=[LOOP], counts=MIDDLE, answers=outcomes_of),
    "signal that is waited for": Figure(nodes=named(TURNS, WAIT), counts=MIDDLE, answers=signals_of),
    "callback": Figure(nodes=named(TURNS, ASYNC), counts=MIDDLE, answers=callbacks_of),
}


def compiled(nodes: Sequence[Mapping[str, Json]]) -> Program:
    """The program of a document of these steps."""
    document = {"name": "core", "version": "1", "steps": [dict(node) for node in nodes]}
    return compile_definition(read_definition(document))


def decisions(program: Program, answers: Callable[[Decision], list[Command]]) -> Iterator[int]:
    """The time of each decision from the start to the end, in nanoseconds.

    The clock is one that does not enter the kernel: to do so costs the next decision what it has in caches.
    """
    commands: list[Command] = [start_of(program, INPUT)]
    execution = None
    while commands and (execution is None or execution.ended is None):
        command = commands.pop(0)
        begin = time.perf_counter_ns()
        answer = decide(program, execution, command, BEGIN)
        yield time.perf_counter_ns() - begin
        decision = taken_of(answer)
        execution = decision.execution
        commands += answers(decision)


def round_us(program: Program, figure: Figure) -> float:
    """The mean time of the decisions that count in one round."""
    return (
        statistics.fmean(
            taken for _ in range(REPEATS) for taken in list(decisions(program, figure.answers))[figure.counts]
        )
        / 1e3
    )


def main() -> None:
    """Print each figure, and the reference loop: the quickest of rounds that are spread over the run."""
    programs = {name: compiled(figure.nodes) for name, figure in FIGURES.items()}
    taken_us = dict.fromkeys(FIGURES, inf)
    reference = inf
    with collected_as_a_server():
        for _ in range(ROUNDS):
            reference = min(reference, reference_us())
            for name, figure in FIGURES.items():
                taken_us[name] = min(taken_us[name], round_us(programs[name], figure))
    print(f"us a decision, fold included; a loop of plain Python takes {reference:.1f}")
    for name, taken in taken_us.items():
        print(f"  {name:32} {taken:6.1f}   {taken / reference:.3f} of the loop")


if __name__ == "__main__":
    main()
