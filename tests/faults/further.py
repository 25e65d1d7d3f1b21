"""More faults, each one that a reader of the core might make; see `planted.py` for what they are."""

from tests.faults.planted import TABLES, Fault

FURTHER = (
    Fault(
        "a terminate waits for what is shielded",
        "core/commands/cancel_execution.py",
        (
            (
                "    if status_of(turn.execution) in TERMINAL:\n",
                "    if status_of(turn.execution) in TERMINAL or any(f.is_shielded for f in "
                "turn.execution.frames.values()):\n",
            ),
        ),
        (f"{TABLES}/test_shield.py",),
        is_simulated=False,
    ),
    Fault(
        "the last branch of a race that fails wins it",
        "core/nodes/race.py",
        (
            (
                "    if child.ending is None:\n",
                "    if child.ending is None or frame.children == frame.trailing:\n",
            ),
        ),
        (f"{TABLES}/test_race.py",),
    ),
    Fault(
        "an each runs one item too many",
        "core/nodes/each.py",
        (("free = node.concurrency - (", "free = 1 + node.concurrency - ("),),
        (f"{TABLES}/test_each.py",),
        is_simulated=False,
    ),
    Fault(
        "an each counts the losers of a race before it as items",
        "core/nodes/each.py",
        (("(frame.children - frame.trailing)\n    joining", "(frame.children)\n    joining"),),
        (f"{TABLES}/test_each.py",),
    ),
    Fault(
        "a loop makes one turn too many",
        "core/nodes/loop.py",
        (("index >= node.max_iterations", "index > node.max_iterations"),),
        (f"{TABLES}/test_loop.py",),
        is_simulated=False,
    ),
    Fault(
        "a callback that comes twice is not known again",
        "core/commands/deliver_callback.py",
        (
            (
                "        if attempt.is_callback:\n"
                '            return Refused(code="callback_already_used", message="its callback '
                'has come already")\n',
                "",
            ),
        ),
        (f"{TABLES}/test_callbacks.py",),
        is_simulated=False,
    ),
    Fault(
        "a back-off that was woken keeps its timer",
        "core/folding/activities.py",
        (("phase=BUSY, activity=activity, wake_at=None)", "phase=BUSY, activity=activity)"),),
        (f"{TABLES}/test_waking.py",),
    ),
    Fault(
        "a deadline does not count anew in a later run",
        "core/commands/retry_execution.py",
        (
            (
                "    if limit is not None:\n        return Instant(turn.now + limit)\n",
                "    if limit is not None:\n        return turn.execution.deadline_at\n",
            ),
        ),
        (
            f"{TABLES}/test_retry.py",
            f"{TABLES}/test_deadlines.py",
        ),
    ),
    Fault(
        "a retry goes under the key of what was undone",
        "core/entering.py",
        ((" or is_undone(turn.execution, before.path):\n        return None", ":\n        return None"),),
        (f"{TABLES}/test_retry_keys.py",),
    ),
    Fault(
        "a child is told twice to stop",
        "core/stopping.py",
        ((" or before.ending is not None:\n", ":\n"),),
        (f"{TABLES}/test_children.py",),
        is_simulated=False,
    ),
    Fault(
        "a probe that says not done is taken to say done",
        "core/unknowns.py",
        (("return (Resolution.NOT_DONE, None) if word", "return (Resolution.DONE, None) if word"),),
        (f"{TABLES}/test_probes.py",),
        is_simulated=False,
    ),
    Fault(
        "on_unknown: compensate arms nothing",
        "core/outcomes.py",
        (
            (
                "    if node.on_unknown is OnUnknown.FAIL and not is_probed:",
                "    if node.on_unknown is OnUnknown.COMPENSATE and not is_probed:\n"
                "        pass\n"
                "    elif node.on_unknown is OnUnknown.FAIL and not is_probed:",
            ),
        ),
        (f"{TABLES}/test_unknown_outcomes.py",),
    ),
    Fault(
        "an execution that has ended takes a signal",
        "core/commands/signal_execution.py",
        (
            (
                "    if turn.execution.ended is not None:\n"
                '        return Refused(code="execution_ended", message="the execution has ended '
                'and takes no signals")\n',
                "",
            ),
        ),
        (f"{TABLES}/test_signals.py",),
    ),
    Fault(
        "a split goes by the visit and not by the node",
        "core/nodes/split.py",
        (
            (
                "    branch = choose(node, turn.execution.id)",
                "    branch = choose(node, turn.execution.id) if '~' not in path and '[' not in "
                "path else node.branches[0]",
            ),
        ),
        (f"{TABLES}/test_split.py",),
        is_simulated=False,
    ),
    Fault(
        "a clause catches every kind of failure",
        "core/nodes/try_.py",
        (("clause.on is None or failure.kind in clause.on", "True"),),
        (f"{TABLES}/test_try.py",),
        is_simulated=False,
    ),
    Fault(
        "a cancel does not reach the catch",
        "core/nodes/try_.py",
        (("Opening(failure=failure,", "Opening(failure=failure, is_shielded=True,"),),
        (f"{TABLES}/test_try.py",),
        is_simulated=False,
    ),
    Fault(
        "an undo is tried again for ever",
        "core/retrying.py",
        (
            (
                "activity.counted >= policy.max_attempts + activity.granted",
                "frame.role is not Role.UNDO and activity.counted >= policy.max_attempts + activity.granted",
            ),
        ),
        (f"{TABLES}/test_undoing.py",),
        is_simulated=False,
    ),
    Fault(
        "the hooks of all runs have one key",
        "core/ending.py",
        (
            (
                "key = hook_key(turn.execution.id, hook, turn.execution.run)",
                "key = hook_key(turn.execution.id, hook, 1)",
            ),
        ),
        (f"{TABLES}/test_retry.py",),
    ),
    Fault(
        "history says that a visit completed before its undo was armed",
        "core/outcomes.py",
        (
            (
                "    if node.compensation is not None:\n"
                "        arm(turn, frame, path, node)\n"
                "    if failure is None:\n"
                "        turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, "
                "next=node.next))",
                "    if failure is None:\n"
                "        turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, "
                "next=node.next))\n"
                "    if node.compensation is not None:\n"
                "        arm(turn, frame, path, node)\n"
                "    if failure is None:\n"
                "        pass",
            ),
        ),
        (f"{TABLES}/test_tasks.py",),
        is_simulated=False,
    ),
    Fault(
        "what fell due in a pause happens after what begins",
        "core/decide.py",
        (
            (
                "    elif turn.execution.paused is None:\n        catch_up(turn)\n",
                "    elif turn.execution.paused is None:\n        settle(turn)\n        catch_up(turn)\n",
            ),
        ),
        (f"{TABLES}/test_pausing.py",),
    ),
    Fault(
        "a trigger that was answered is owed again while it closes",
        "core/attempts.py",
        (("and activity is not None and activity.accepted is None", "and activity is not None"),),
        (f"{TABLES}/test_callbacks.py",),
        is_simulated=False,
    ),
    Fault(
        "an attempt keeps the answer of the trigger before it",
        "core/folding/activities.py",
        (("            accepted=None,\n", ""),),
        (f"{TABLES}/test_callbacks.py",),
        is_simulated=False,
    ),
    Fault(
        "a clock that goes back takes the execution back",
        "core/decide.py",
        (("now if now > execution.updated_at else execution.updated_at", "now"),),
        (f"{TABLES}/test_sleep.py",),
        is_simulated=False,
    ),
    Fault(
        "what is stuck in a try can be cancelled",
        "core/commands/cancel_execution.py",
        (
            (
                "    if status not in CANCELLABLE and not (status is ExecutionStatus.STUCK and "
                "is_of_parent(turn, command)):\n",
                "    if status in TERMINAL:\n",
            ),
        ),
        (f"{TABLES}/test_try.py",),
        is_simulated=False,
    ),
    Fault(
        "an undo is settled while something moves",
        "core/commands/settle_compensation.py",
        (
            (
                "    if status_of(execution) is not ExecutionStatus.STUCK:\n"
                "        return invalid_transition(execution, asked)\n",
                "",
            ),
        ),
        (f"{TABLES}/test_parallel.py",),
        is_simulated=False,
    ),
    Fault(
        "what is stuck in a pause can be resumed",
        "core/commands/pause_execution.py",
        (
            (
                "    if status_of(turn.execution) is not ExecutionStatus.PAUSED or pause is None:",
                "    if pause is None:",
            ),
        ),
        (f"{TABLES}/test_undoing.py",),
        is_simulated=False,
    ),
    Fault(
        "an end that completes undoes the branch in a branch",
        "core/nodes/end.py",
        (
            (
                "    parent = turn.frame(frame).parent\n"
                "    if parent is not None:\n"
                "        stop_around(turn, parent)\n"
                "    if turn.frame(frame).ending is None:\n"
                "        stop(turn, BranchCancelled(at=turn.now, frame=frame), frame)\n",
                "    if turn.frame(frame).ending is None:\n"
                "        stop(turn, BranchCancelled(at=turn.now, frame=frame), frame)\n"
                "    parent = turn.frame(frame).parent\n"
                "    if parent is not None:\n"
                "        stop_around(turn, parent)\n",
            ),
        ),
        (f"{TABLES}/test_end.py",),
        is_simulated=False,
    ),
    Fault(
        "a run ends in a pause",
        "core/settling.py",
        (
            (
                "    return frame.path is None and frame.children == 0 and (bool(frame.armed) or "
                "frame.parent is None)",
                "    return frame.path is None and frame.children == 0 and bool(frame.armed)",
            ),
        ),
        (f"{TABLES}/test_deadlines.py",),
        is_simulated=False,
    ),
    Fault(
        "what was undone of one item does not stand in another",
        "core/standing.py",
        (("        and suffix_of(path).startswith(suffix)\n", ""),),
        (f"{TABLES}/test_retry_iterations.py",),
        is_simulated=False,
    ),
    Fault(
        "a visit that is passed over drives out what is owed an undo",
        "core/folding/visits.py",
        (
            (
                "    change_frame(draft, event.frame, node=event.next, after=event.after)\n"
                "    _begin(draft, key, visit)\n",
                "    change_frame(draft, event.frame, node=event.next, after=event.after)\n"
                "    draft.visits[key] = visit\n",
            ),
        ),
        (f"{TABLES}/test_graph.py",),
        is_simulated=False,
    ),
    Fault(
        "a decision changes the state from which it was made",
        "core/folding/draft.py",
        (("self.visits = transient(execution.visits)", "self.visits = execution.visits"),),
        ("tests/core/test_draft.py",),
    ),
    Fault(
        "a call that is out still is forgotten when an earlier attempt answers",
        "core/callbacks.py",
        (("    _let_trail(turn, frame, path, attempt)\n", ""),),
        (f"{TABLES}/test_trailing_calls.py",),
    ),
    Fault(
        "the answer of a call that trails is refused",
        "core/commands/report_outcome.py",
        (
            (
                "        return _report_trailing(turn, command)\n",
                '        return Refused(code="activity_ended", message="")\n',
            ),
        ),
        (f"{TABLES}/test_trailing_calls.py",),
    ),
    Fault(
        "a large state is copied for each decision",
        "model/persistent.py",
        (
            (
                "    return Trie(HashTrieMap(entries.items()))\n\n\ndef put",
                "    return dict(entries)\n\n\ndef put",
            ),
        ),
        ("tests/core/test_draft.py", "tests/core/model/test_persistent.py"),
        is_simulated=False,
    ),
)
