"""Faults to be planted in a copy of the package, each with the tests that have to notice it.

`replaced` are (text, what stands there instead); the text must occur exactly once in the file.
"""

from pathlib import Path
from typing import NamedTuple

TABLES = "tests/core/tables"
ORDERS = "tests/core/test_random_orders.py::test_random_orders"


class Fault(NamedTuple):
    """`tests` are those of the tables; `is_simulated`: the simulation has to notice it by itself as well."""

    name: str
    file: str
    replaced: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]
    is_simulated: bool = True


def plant(fault: Fault, package: Path) -> None:
    """Put the fault into the copy.

    Raises:
        AssertionError: the text that it replaces is not there any more; the fault has to be written anew.
    """
    path = package / fault.file
    text = path.read_text("utf-8")
    for before, after in fault.replaced:
        found = text.count(before)
        assert found == 1, f"{fault.name}: {fault.file} has {found} times what is to be replaced: {before!r}"
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


FAULTS = (
    Fault(
        "the oldest is undone first",
        "core/folding/compensations.py",
        (("frame.armed.push(event.path)", "type(frame.armed)([*frame.armed, event.path])"),),
        (f"{TABLES}/test_undoing.py", f"{TABLES}/test_switch.py"),
    ),
    Fault(
        "an unknown end arms nothing",
        "core/outcomes.py",
        (("arm_once(turn, turn.frame(frame.id), path, node)", "pass"),),
        (f"{TABLES}/test_arming.py", f"{TABLES}/test_outcomes.py"),
    ),
    Fault(
        "an ok end arms nothing when the output refuses it",
        "core/outcomes.py",
        (
            (
                "    arm(turn, turn.frame(frame.id), path, node)\n    if failure is None:\n",
                "    if failure is None:\n        arm(turn, turn.frame(frame.id), path, node)\n",
            ),
        ),
        (f"{TABLES}/test_tasks.py",),
    ),
    Fault(
        "a failed end arms",
        "core/outcomes.py",
        (
            (
                "    _try_again_or_give_up(turn, frame.id, outcome)\n\n\ndef _unknown",
                "    if frame.role is Role.BODY:\n"
                "        arm_once(turn, turn.frame(frame.id), frame.path, task_of(turn, frame)[0])\n"
                "    _try_again_or_give_up(turn, frame.id, outcome)\n\n\ndef _unknown",
            ),
        ),
        (f"{TABLES}/test_arming.py",),
    ),
    Fault(
        "a visit that is left undone on purpose is undone",
        "core/outcomes.py",
        (
            (
                "skip_unarmed(turn, frame, path, node)",
                "arm_once(turn, turn.frame(frame.id), path, node)",
            ),
        ),
        (f"{TABLES}/test_arming.py",),
    ),
    Fault(
        "a retry has a new key",
        "core/folding/activities.py",
        (
            (
                "            id=ActivityId(seq),\n"
                "            number=event.attempt,\n            attempts=(*frame",
                "            id=ActivityId(seq),\n"
                '            key=f"{frame.activity.key}/{event.attempt}",\n'
                "            number=event.attempt,\n            attempts=(*frame",
            ),
        ),
        (f"{TABLES}/test_outcomes.py", f"{TABLES}/test_hooks.py"),
    ),
    Fault(
        "an answer counts for its frame, whatever its attempt",
        "core/commands/report_outcome.py",
        (("        or frame.activity.id != command.activity\n", ""),),
        (f"{TABLES}/test_outcomes.py",),
    ),
    Fault(
        "an answer counts when nothing is in flight",
        "core/commands/report_outcome.py",
        (("        or frame.phase not in (Phase.BUSY, Phase.CLOSING)\n", ""),),
        (f"{TABLES}/test_outcomes.py",),
    ),
    Fault(
        "an answer counts for an attempt that its own decision has only just started",
        "core/commands/report_outcome.py",
        (("        or command.activity > turn.since\n", ""),),
        (f"{TABLES}/test_outcomes.py",),
        is_simulated=False,
    ),
    Fault(
        "a hook runs twice",
        "core/ending.py",
        (("if plan is not None and turn.execution.outcome is None:", "if plan is not None:"),),
        (f"{TABLES}/test_hooks.py",),
    ),
    Fault(
        "a pause lets new work start",
        "core/settling.py",
        (
            (
                "if execution.ended is not None or execution.paused is not None:",
                "if execution.ended is not None:",
            ),
        ),
        (f"{TABLES}/test_pausing.py",),
    ),
    Fault(
        "timers fire while paused",
        "core/timers.py",
        (
            (
                "if execution.paused is not None or execution.ended is not None:",
                "if execution.ended is not None:",
            ),
        ),
        (f"{TABLES}/test_pausing.py",),
    ),
    Fault(
        "cancel does not wait for what is in flight",
        "core/folding/visits.py",
        (
            (
                "replace(frame, phase=Phase.CLOSING, ending=Ending())",
                "replace(frame, phase=Phase.READY, ending=Ending())",
            ),
        ),
        (f"{TABLES}/test_cancelling.py",),
    ),
    Fault(
        "cancel is taken after the outcome is decided",
        "core/commands/cancel_execution.py",
        (
            (
                "if turn.execution.outcome is not None or turn.root.ending is not None:",
                "if turn.root.ending is not None:",
            ),
        ),
        (f"{TABLES}/test_cancelling.py",),
        is_simulated=False,
    ),
    Fault(
        "lost attempts count",
        "core/folding/activities.py",
        (("counted=activity.counted + (not is_lost)", "counted=activity.counted + 1"),),
        (f"{TABLES}/test_outcomes.py", f"{TABLES}/test_backoff.py"),
    ),
    Fault(
        "lost attempts are sent again for ever",
        "core/outcomes.py",
        (("turn.now if activity.lost < LOST_MAX else None", "turn.now"),),
        (f"{TABLES}/test_outcomes.py",),
        is_simulated=False,
    ),
    Fault(
        "one attempt too many",
        "core/outcomes.py",
        (("activity.counted >= policy.max_attempts", "activity.counted > policy.max_attempts"),),
        (f"{TABLES}/test_outcomes.py",),
    ),
    Fault(
        "a command that is refused changes the state",
        "core/decide.py",
        (("    if refused is not None:\n", "    if refused is not None and not turn.events:\n"),),
        (f"{TABLES}/test_commands.py",),
    ),
    Fault(
        "a completed execution is undone",
        "core/settling.py",
        (
            (
                "    return enter_next if frame.node is not None else close\n",
                "    if frame.node is None and frame.armed and frame.parent is None:\n"
                "        return undo_next\n"
                "    return enter_next if frame.node is not None else close\n",
            ),
        ),
        (f"{TABLES}/test_undoing.py",),
    ),
    Fault(
        "the back-off has no cap",
        "core/backoff.py",
        (
            ("capped = min(float(policy.max_ms), steep)", "capped = steep"),
            ("int(min(float(policy.max_ms), jittered))", "int(jittered)"),
        ),
        (f"{TABLES}/test_backoff.py",),
        is_simulated=False,
    ),
    Fault(
        "the jitter goes over the cap",
        "core/backoff.py",
        (("int(min(float(policy.max_ms), jittered))", "int(jittered)"),),
        (f"{TABLES}/test_backoff.py",),
        is_simulated=False,
    ),
    Fault(
        "the jitter goes by the next attempt",
        "core/outcomes.py",
        (('/{activity.number}"', '/{activity.number + 1}"'),),
        (f"{TABLES}/test_backoff.py",),
        is_simulated=False,
    ),
    Fault(
        "a service can put an execution off for ever",
        "core/backoff.py",
        (("min(outcome.retry_after_ms, RETRY_AFTER_MS_MAX)", "outcome.retry_after_ms"),),
        (f"{TABLES}/test_backoff.py",),
        is_simulated=False,
    ),
    Fault(
        "a final failure is tried again",
        "core/backoff.py",
        (("if isinstance(outcome, Failed) and outcome.is_final:", "if False:"),),
        (f"{TABLES}/test_retry_on.py",),
        is_simulated=False,
    ),
    Fault(
        "the list of a body is lost when it joins",
        "core/folding/visits.py",
        (
            (
                'return {"frames": without_child(execution, child, armed=armed)}',
                'return {"frames": without_child(execution, child)}',
            ),
        ),
        (f"{TABLES}/test_switch.py",),
    ),
    Fault(
        "the list of a body is turned round when it joins",
        "core/folding/visits.py",
        (("for path in reversed(tuple(child.armed)):", "for path in child.armed:"),),
        (f"{TABLES}/test_switch.py",),
    ),
    Fault(
        "asking for an undo again gives it no calls",
        "core/commands/settle_compensation.py",
        (("granted = undo.activity.counted - undo.activity.granted if undo.activity else 0", "granted = 0"),),
        (f"{TABLES}/test_undoing.py",),
        is_simulated=False,
    ),
    Fault(
        "a failed run says it was cancelled",
        "core/ending.py",
        (
            (
                "return ExecutionStatus.CANCELLED if ending.failure is None else ExecutionStatus.FAILED",
                "return ExecutionStatus.CANCELLED",
            ),
        ),
        (f"{TABLES}/test_hooks.py",),
    ),
    Fault(
        "the fold forgets the answer",
        "core/folding/activities.py",
        (
            (
                "visit = replace(execution.visits[key], output=event.output, response=event.response)",
                "visit = execution.visits[key]",
            ),
        ),
        (f"{TABLES}/test_tasks.py",),
    ),
    Fault(
        "the bound of one decision is not kept",
        "core/turn.py",
        (
            (
                "TRANSITIONS: Final = frozenset({NodeEntered, NodeCompleted, NodeSkipped})",
                "TRANSITIONS: Final = frozenset({NodeEntered})",
            ),
        ),
        (f"{TABLES}/test_bounds.py",),
        is_simulated=False,
    ),
)
