"""Faults to be planted in a copy of the package, each with the tests that have to notice it.

`replaced` are (text, what stands there instead); the text must occur exactly once in the file.
"""

from pathlib import Path
from typing import NamedTuple

TABLES = "tests/core/tables"
FOUND = "tests/core/test_found_in_worlds.py"
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


PLANTED = (
    Fault(
        "the oldest is undone first",
        "core/folding/compensations.py",
        (("frame.armed.push(event.path)", "type(frame.armed)([*frame.armed, event.path])"),),
        (f"{TABLES}/test_undoing.py", f"{TABLES}/test_switch.py"),
    ),
    Fault(
        "an unknown end arms nothing",
        "core/outcomes.py",
        (("        arm_once(turn, frame, path, node)\n", "        pass\n"),),
        (f"{TABLES}/test_arming.py", f"{TABLES}/test_outcomes.py"),
    ),
    Fault(
        "an ok end arms nothing when the output refuses it",
        "core/outcomes.py",
        (
            (
                "    if node.compensation is not None:\n        arm(",
                "    if node.compensation is not None and failure is None:\n        arm(",
            ),
        ),
        (f"{TABLES}/test_tasks.py",),
    ),
    Fault(
        "a failed end arms",
        "core/outcomes.py",
        (
            (
                "        try_again_or_give_up(turn, frame.id, outcome)\n\n\ndef _emit_failed",
                "        if frame.role is Role.BODY:\n"
                "            arm_once(turn, turn.frame(frame.id), frame.path, task_of(turn, frame)[0])\n"
                "        try_again_or_give_up(turn, frame.id, outcome)\n\n\ndef _emit_failed",
            ),
        ),
        (f"{TABLES}/test_arming.py",),
    ),
    Fault(
        "a visit that is left undone on purpose is undone",
        "core/compensating.py",
        (
            (
                "is not CompensationStatus.SKIPPED:\n        turn.emit(",
                "is None:\n        pass\n    arm_once(turn, turn.frame(frame.id), path, node)\n"
                "    if compensation is None:\n        turn.emit(",
            ),
        ),
        (f"{TABLES}/test_arming.py",),
    ),
    Fault(
        "a retry has a new key",
        "core/folding/activities.py",
        (
            (
                "            frame.activity,\n            id=activity_id,\n",
                "            frame.activity,\n            id=activity_id,\n"
                '            key=f"{frame.activity.key}/{event.attempt}",\n',
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
        (("        or not is_out(frame)\n", ""),),
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
        (("    if execution.paused is not None:\n        return None\n", ""),),
        (f"{TABLES}/test_pausing.py",),
    ),
    Fault(
        "timers fire while paused",
        "core/timers.py",
        (
            (
                "if frame.wake_at is not None and execution.paused is None and",
                "if frame.wake_at is not None and",
            ),
        ),
        (f"{TABLES}/test_pausing.py",),
    ),
    Fault(
        "cancel does not wait for what is in flight",
        "core/folding/changes.py",
        (
            (
                "    if frame.phase is Phase.BUSY:\n        return replace(frame, phase=Phase.CLOSING,",
                "    if frame.phase is Phase.BUSY:\n        return replace(frame, phase=Phase.READY,",
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
        (
            (
                "attempts=attempts, lost=activity.lost + 1)",
                "attempts=attempts, lost=activity.lost + 1, counted=activity.counted + 1)",
            ),
        ),
        (f"{TABLES}/test_outcomes.py", f"{TABLES}/test_backoff.py"),
    ),
    Fault(
        "lost attempts are sent again for ever",
        "core/retrying.py",
        (("turn.now if activity.lost < LOST_MAX else None", "turn.now"),),
        (f"{TABLES}/test_outcomes.py",),
        is_simulated=False,
    ),
    Fault(
        "one attempt too many",
        "core/retrying.py",
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
            (
                "capped = min(float(policy.max_ms), _steep_ms(policy, counted))",
                "capped = _steep_ms(policy, counted)",
            ),
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
        "core/retrying.py",
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
        "core/folding/branches.py",
        (
            (
                "armed=merged(draft, parent.armed, child.armed), joining=joining)",
                "joining=joining)",
            ),
        ),
        (f"{TABLES}/test_switch.py",),
    ),
    Fault(
        "the list of a body is turned round when it joins",
        "core/folding/changes.py",
        (
            ("    if not below:\n        return above\n", ""),
            ("sorted(newer, key=seq)", "sorted(newer, key=seq, reverse=True)"),
        ),
        (f"{TABLES}/test_switch.py", f"{TABLES}/test_parallel.py"),
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
                "status=RUNNING, output=event.output, response=response",
                "status=RUNNING",
            ),
        ),
        (f"{TABLES}/test_tasks.py",),
    ),
    Fault(
        "the bound of one decision is not kept",
        "core/turn.py",
        (
            (
                "    {NodeEntered, NodeCompleted, NodeSkipped, ResultKept, BranchOpened, IterationEnded}\n",
                "    {NodeEntered}\n",
            ),
        ),
        (f"{TABLES}/test_bounds.py",),
        is_simulated=False,
    ),
    Fault(
        "the loser of a race is not undone",
        "core/settling.py",
        (
            (
                "    return turn.program.bodies[frame.body].is_scope\n",
                "    return turn.program.bodies[frame.body].is_scope and not frame.is_trailing\n",
            ),
        ),
        (f"{TABLES}/test_race.py",),
    ),
    Fault(
        "a way back into a race does not wait for its loser",
        "core/status.py",
        (("    if not frame.trailing or frame.path is not None", "    if True or frame.path is not None"),),
        (FOUND,),
    ),
    Fault(
        "a cancel reaches what is shielded",
        "core/stopping.py",
        (("        and not child.is_shielded\n", ""),),
        (f"{TABLES}/test_shield.py", f"{TABLES}/test_try.py"),
    ),
    Fault(
        "a cancel passes over finally",
        "core/nodes/try_.py",
        (
            (
                "    if node.finally_ is not None:\n        is_anew",
                "    if node.finally_ is not None and frame.ending is None:\n        is_anew",
            ),
        ),
        (f"{TABLES}/test_try.py",),
    ),
    Fault(
        "an answer is decided before the timers that are due",
        "core/decide.py",
        (
            (
                "        begin(turn, command)\n",
                "        pass\n",
            ),
            (
                "    else:\n        settle(turn)\n",
                "    else:\n        catch_up(turn)\n        settle(turn)\n",
            ),
        ),
        (f"{TABLES}/test_deadlines.py",),
    ),
    Fault(
        "a deadline waits for the end of a pause",
        "core/timers.py",
        (
            (
                "if frame.deadline_at is not None and frame.ending is None:",
                "if frame.deadline_at is not None and frame.ending is None and execution.paused is None:",
            ),
        ),
        (f"{TABLES}/test_deadlines.py",),
    ),
    Fault(
        "a retry goes under a key whose outcome is known",
        "core/entering.py",
        (
            (
                "    if before.attempts[-1].outcome not in NOT_KNOWN or is_undone",
                "    if is_undone",
            ),
        ),
        (f"{TABLES}/test_retry_keys.py",),
    ),
    Fault(
        "a retry forgets the key of what nobody knows",
        "core/entering.py",
        (("    return before.keyed_as or before.path\n", "    return None\n"),),
        (f"{TABLES}/test_retry_keys.py",),
    ),
    Fault(
        "a retry does again what stands",
        "core/standing.py",
        (("    if not inside:\n        return True\n", "    if not inside:\n        return False\n"),),
        (f"{TABLES}/test_retry.py",),
    ),
    Fault(
        "a retry passes over what was undone",
        "core/standing.py",
        (
            (
                "if visit.status is not VisitStatus.COMPLETED or is_undone(turn.execution, visit.path):",
                "if visit.status is not VisitStatus.COMPLETED:",
            ),
        ),
        (f"{TABLES}/test_retry.py",),
    ),
    Fault(
        "a callback counts for an attempt that has failed",
        "core/commands/deliver_callback.py",
        (
            (
                "frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST})",
                "frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST, AttemptOutcome.FAILED})",
            ),
        ),
        (f"{TABLES}/test_callbacks.py",),
    ),
    Fault(
        "a callback that does not come arms nothing",
        "core/callbacks.py",
        (("    arm_once(turn, turn.frame(frame.id), path, node)\n", ""),),
        (f"{TABLES}/test_callbacks.py",),
    ),
    Fault(
        "what was not done after all is undone",
        "core/unknowns.py",
        (("    disarm(turn, turn.frame(frame.id), path)\n", ""),),
        (f"{TABLES}/test_unknown_outcomes.py", f"{TABLES}/test_probes.py"),
    ),
    Fault(
        "what is left undone on purpose is undone if it was being probed",
        "core/nodes/failing.py",
        (("    leave_unknown(turn, frame, path)\n", ""),),
        (FOUND,),
        is_simulated=False,
    ),
    Fault(
        "two lists become one without their order",
        "core/folding/changes.py",
        (("    for path in sorted(newer, key=seq):\n", "    for path in reversed(newer):\n"),),
        (f"{TABLES}/test_parallel.py", f"{TABLES}/test_each.py"),
    ),
    Fault(
        "an each opens items again",
        "core/nodes/each.py",
        (("= joining.opened, joining", "= joining.ended, joining"),),
        (f"{TABLES}/test_each.py",),
    ),
    Fault(
        "a loop forgets the numbers of its visits",
        "core/folding/branches.py",
        (("            numbers = put(numbers, name, highest)\n", "            pass\n"),),
        (f"{TABLES}/test_iterations.py", f"{TABLES}/test_loop.py", f"{TABLES}/test_retry_iterations.py"),
    ),
    Fault(
        "a branch that fails lets the others go on",
        "core/nodes/failing.py",
        (("    return isinstance(node, ParallelNode) or", "    return"),),
        (f"{TABLES}/test_parallel.py",),
    ),
    Fault(
        "a signal is given to every wait",
        "core/commands/signal_execution.py",
        (
            (
                "        _take(turn, waiting[0], command)\n",
                "        for one in waiting:\n            _take(turn, one, command)\n",
            ),
        ),
        (f"{TABLES}/test_signals.py", f"{TABLES}/test_waits.py"),
    ),
    Fault(
        "a signal that was kept in a pause is lost",
        "core/catching_up.py",
        (("        _give(turn, turn.execution.signals[one.seq])\n", "        pass\n"),),
        (f"{TABLES}/test_signals.py", f"{TABLES}/test_pausing.py"),
    ),
    Fault(
        "a signal that was kept in a pause is lost if the end of the pause is held",
        "core/decide.py",
        (("        has_kept\n        or is_continuing\n", "        is_continuing\n"),),
        (FOUND,),
        is_simulated=False,
    ),
    Fault(
        "a definition that is found twice starts two children",
        "core/attempts.py",
        (
            (
                "frame.phase is CLOSING and frame.child is None and activity",
                "frame.phase is CLOSING and activity",
            ),
        ),
        (FOUND,),
    ),
    Fault(
        "a detached child is awaited",
        "core/nodes/child.py",
        (
            ("            is_detached=node.is_detached,\n", "            is_detached=False,\n"),
            ("    if node.is_detached:\n        complete", "    if False:\n        complete"),
        ),
        (f"{TABLES}/test_children.py",),
    ),
    Fault(
        "a parent is not told of the end",
        "core/decide.py",
        (("        tell_parent(turn)\n", "        pass\n"),),
        (f"{TABLES}/test_children.py",),
    ),
    Fault(
        "a child is not told to stop",
        "core/stopping.py",
        (("    turn.owe(Notice(execution_id=child.id, command=command))\n", ""),),
        (f"{TABLES}/test_children.py",),
    ),
    Fault(
        "an undo that could go on is said to be stuck",
        "core/status.py",
        (("    if frame.phase in WITH_CHILDREN:\n        return frame.children == 0\n", ""),),
        (FOUND,),
        is_simulated=False,
    ),
    Fault(
        "what was due in a pause that a callback has ended is put off",
        "core/decide.py",
        (
            (
                "was_ended, was_paused = execution.ended is not None, turn.execution.paused is not None",
                "was_ended, was_paused = execution.ended is not None, execution.paused is not None",
            ),
        ),
        (FOUND,),
        is_simulated=False,
    ),
    Fault(
        "a probe asks under a key that was never called",
        "core/unknowns.py",
        (('key = f"{activity_of(frame).key}/probe"', 'key = f"{turn.execution.id}/{path}/probe"'),),
        (FOUND,),
        is_simulated=False,
    ),
)
