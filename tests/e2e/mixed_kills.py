"""Kills under mixed load, by hand: `python -m tests.e2e.mixed_kills [KILLS] [SEED]`, 100 of them by default.

It prints what was asked, what was under way at the kills, and every promise that was broken; exit code 1 if
any was.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.mixed.judging import Rule, judge
from tests.e2e.mixed.notes import Kind
from tests.e2e.mixed.running import Evidence, Plan, run_mixed

FOUND_TOLD = 5
"""Of what breaks one rule, so many are printed."""


def main(arguments: Sequence[str]) -> int:
    """Run, print, and say whether all held."""
    kills = int(arguments[0]) if arguments else 100
    seed = arguments[1] if len(arguments) > 1 else "by hand"
    with tempfile.TemporaryDirectory() as folder:
        evidence = asyncio.run(run_mixed(Plan(seed=seed, kills=kills), Path(folder)))
    found = judge(evidence)
    print("\n".join(report(evidence, found)))
    return 1 if found else 0


def report(evidence: Evidence, found: dict[Rule, list[str]]) -> list[str]:
    """The lines that are printed."""
    notes = evidence.notes
    answered, under_way = notes.answered(), notes.under_way()
    statuses = Counter(seen.told.status for seen in evidence.executions.values())
    events = sum(len(seen.history) for seen in evidence.executions.values())
    told = sum(len(one.items) for one in notes.followed)
    lines = [
        f"{len(notes.killed)} kills, {len(evidence.executions)} executions {dict(statuses)}, {events} events",
        f"{len(notes.followed)} followers were told {told} events",
        f"{'asked':20}{'answered 2xx':>14}{'under way at kills':>20}{'sent again':>12}",
    ]
    lines += [
        f"{kind:20}{answered[kind]:>14}{under_way[kind]:>20}{notes.repeated[kind]:>12}" for kind in Kind
    ]
    lines += [
        f"BROKEN {rule}: {len(texts)} times\n  " + "\n  ".join(texts[:FOUND_TOLD])
        for rule, texts in found.items()
    ]
    return lines if found else [*lines, "every promise held"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
