"""Mutants read, compiled and lived through, and what came of it: `python -m tests.mutations.tally 10000`."""

import json
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import Final

from tests.mutations.bases import bases
from treadle.definition.compile import compile_definition
from treadle.definition.faults import ERRORS, WARNINGS
from treadle.definition.formats import parse_document
from treadle.definition.graph import graph
from treadle.definition.mermaid import mermaid
from treadle.definition.read import Report, check, read_definition
from treadle.model.definition import Definition
from treadle.model.errors import Rejected
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.testing.mutating import mutant
from treadle.testing.mutating.living import live, understands_callbacks

CHUNK: Final = 250
TEXT_EVERY: Final = 5
"""Of so many mutants one is read from its text as well."""
CHILD: Final[Json] = {
    "name": "part",
    "version": "1",
    "steps": [{"id": "p1", "kind": "task", "handler": "mail.send"}],
}


class Tally:
    """`ends` counts how the accepted ended or stopped, `codes` the mutants with each fault or warning."""

    def __init__(self) -> None:
        self.accepted = 0
        self.refused = 0
        self.misunderstood = 0
        self.ends: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.broken: list[str] = []

    @property
    def mutants(self) -> int:
        return self.accepted + self.refused + len(self.broken)

    def add(self, other: "Tally") -> None:
        """Add what another tally has counted."""
        self.accepted += other.accepted
        self.refused += other.refused
        self.misunderstood += other.misunderstood
        self.ends += other.ends
        self.codes += other.codes
        self.broken += other.broken

    def report(self) -> str:
        """The counts, a line each."""
        reached = len(self.codes.keys() & ERRORS.keys())
        missing = sorted(ERRORS.keys() - self.codes.keys())
        return "\n".join(
            [
                f"{self.mutants:,} mutants: {self.accepted:,} accepted, {self.refused:,} refused, "
                f"{len(self.broken)} broken",
                "ends: " + ", ".join(f"{count:,} {end}" for end, count in self.ends.most_common()),
                f"not judged, since they misunderstand callbacks: {self.misunderstood:,}",
                f"faults reached: {reached} of {len(ERRORS)}; by their own tests alone: {', '.join(missing)}",
                f"warnings reached: {len(self.codes.keys() & WARNINGS.keys())} of {len(WARNINGS)}",
                *self.broken[:10],
            ]
        )


@cache
def child() -> Program:
    """What a child of a mutant may be."""
    return compile_definition(read_definition(CHILD))


def tried(first: int, count: int) -> Tally:
    """The mutants of `count` seeds from `first` on."""
    tally = Tally()
    for seed in range(first, first + count):
        try:
            _try(seed, tally)
        except Exception as error:
            tally.broken.append(f"mutant {seed}: {type(error).__name__}: {error}"[:2_000])
    return tally


def _try(seed: int, tally: Tally) -> None:
    tree = mutant(seed, bases())
    report = check(tree)
    _check_form(report)
    if seed % TEXT_EVERY == 0:
        _check_text(tree, report)
    end = None if report.definition is None else _end_of(seed, tree, report.definition, tally)
    tally.codes.update({fault.code for fault in (*report.errors, *report.warnings)})
    if end is None:
        tally.refused += 1
    else:
        tally.accepted += 1
        tally.ends[end] += 1


def _end_of(seed: int, tree: Json, definition: Definition, tally: Tally) -> str:
    program = compile_definition(definition)
    assert len(graph(definition)["nodes"]) == len(program.nodes)
    assert mermaid(definition).startswith("flowchart")
    is_judged = understands_callbacks(tree)
    tally.misunderstood += not is_judged
    lived = live(seed, program, child(), is_judged=is_judged)
    return lived.status or f"stopped: {lived.stop}"


def _check_form(report: Report) -> None:
    """A report has codes of the tables only, and pointers."""
    assert {fault.code for fault in report.errors} <= ERRORS.keys()
    assert {fault.code for fault in report.warnings} <= WARNINGS.keys()
    assert all(fault.pointer == "" or fault.pointer.startswith("/") for fault in report.errors)
    assert (report.definition is None) is bool(report.errors)


def _check_text(tree: Json, report: Report) -> None:
    """What can be written down is read as it stands in the tree, or refused as a text."""
    try:
        text = json.dumps(tree, allow_nan=False)
        is_tree = json.loads(text) == tree
    except (TypeError, ValueError, RecursionError):
        return
    try:
        read = parse_document(text.encode(), "json")
    except Rejected:
        assert report.errors
        return
    assert not is_tree or check(read).errors == report.errors


def tried_in_parallel(first: int, count: int) -> Tally:
    """The same by as many processes as there are processors."""
    tally = Tally()
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as processes:
        firsts = range(first, first + count, CHUNK)
        for part in processes.map(tried, firsts, [CHUNK] * len(firsts)):
            tally.add(part)
    return tally


def main() -> None:
    """Print the counts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    tally = tried_in_parallel(0, count)
    print(tally.report())
    sys.exit(1 if tally.broken else 0)


if __name__ == "__main__":
    main()
