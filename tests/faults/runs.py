"""Faults in what a later run finds and what an earlier attempt left; see `planted.py` for what they are."""

from tests.faults.planted import TABLES, Fault

OF_RUNS = (
    Fault(
        "what a round before has done is passed over in this one",
        "core/standing.py",
        (
            (
                "return visit.run < execution.run and (begun > frame.after or not begun)",
                "return visit.run < execution.run",
            ),
        ),
        (f"{TABLES}/test_retry_rounds.py",),
    ),
    Fault(
        "what a run did not reach does not stand in the next",
        "core/standing.py",
        (("    return visit.since or visit.seq\n", "    return visit.seq\n"),),
        (f"{TABLES}/test_retry_rounds.py",),
    ),
    Fault(
        "a completed each forgets which items it had",
        "core/nodes/each.py",
        (("keeps_parts=may_be_undone(turn, node)", "keeps_parts=False"),),
        (f"{TABLES}/test_retry_iterations.py",),
        is_simulated=False,
    ),
    Fault(
        "a finally is not owed again",
        "core/nodes/try_.py",
        (("        is_anew = has_done_something(turn, frame, node)\n", "        is_anew = False\n"),),
        (f"{TABLES}/test_retry_rounds.py",),
        is_simulated=False,
    ),
    Fault(
        "a key is lost over a visit that was skipped",
        "core/entering.py",
        (("return before.keyed_as if before.status is VisitStatus.SKIPPED else None", "return None"),),
        (f"{TABLES}/test_retry_keys.py",),
        is_simulated=False,
    ),
    Fault(
        "the answer of the newest trigger is taken for that of an earlier one",
        "core/callbacks.py",
        (
            (
                "return activity.accepted if attempt == activity.number else activity.answered.get(attempt)",
                "return activity.accepted",
            ),
        ),
        (f"{TABLES}/test_callbacks.py",),
        is_simulated=False,
    ),
    Fault(
        "the cancel of a parent passes by a child that is stuck",
        "core/commands/cancel_execution.py",
        (
            (
                "return turn.execution.parent is not None and command.actor == ENGINE",
                "return False",
            ),
        ),
        (f"{TABLES}/test_children.py",),
        is_simulated=False,
    ),
    Fault(
        "a probe forgets how long the service asked to be left alone",
        "core/unknowns.py",
        (("        retry_after_ms=attempt.retry_after_ms,\n", ""),),
        (f"{TABLES}/test_probes.py",),
        is_simulated=False,
    ),
)
