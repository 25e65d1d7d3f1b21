"""Faults in the order of what came and fell due meanwhile, each with the tests that have to notice it."""

from tests.faults.planted import Fault

CATCHING_UP = "tests/core/test_catching_up.py"

OF_ORDER = (
    Fault(
        "what was recorded in a pause is taken in by age",
        "core/ended.py",
        (("    return visit.ended_at or AT_ONCE, visit.closed\n", "    return AT_ONCE, 0\n"),),
        (CATCHING_UP,),
        is_simulated=False,
    ),
    Fault(
        "the bound of one decision cuts short what has ended",
        "core/settling.py",
        (
            (
                "    while (frame := concludable(turn)) is not None:\n",
                "    while not turn.is_spent() and (frame := concludable(turn)):\n",
            ),
        ),
        (CATCHING_UP,),
        is_simulated=False,
    ),
    Fault(
        "a failure that came later counts as the first",
        "core/nodes/failing.py",
        (("    return is_before is not is_stopping\n", "    return is_stopping\n"),),
        (CATCHING_UP,),
        is_simulated=False,
    ),
    Fault(
        "an answer that is held is never late",
        "core/decide.py",
        ((" and is_past_deadline(turn):\n", " and False:\n"),),
        (CATCHING_UP,),
    ),
    Fault(
        "an attempt is sent by a wake that is held",
        "core/commands/wake_execution.py",
        (("    if turn.is_held and frame.phase is Phase.BACKOFF:\n", "    if False:\n"),),
        (CATCHING_UP,),
        is_simulated=False,
    ),
    Fault(
        "a later run takes a signal whose time is over",
        "core/decide.py",
        (("        expire(turn)\n    elif", "        pass\n    elif"),),
        (CATCHING_UP,),
        is_simulated=False,
    ),
)
