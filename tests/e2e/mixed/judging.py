"""What must hold after a run; each rule names what it finds broken."""

from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from tests.e2e.evidence import TERMINAL, Item
from tests.e2e.mixed.notes import Kind
from tests.e2e.mixed.running import Evidence


class Rule(StrEnum):
    START_LOST = "a start that was acknowledged is there with its input"
    STARTED_TWICE = "no start is carried out twice, and none that nobody asked for"
    REPEAT_DIFFERS = "a repeat of a start is answered with the same execution"
    SIGNAL_LOST = "a signal that was acknowledged stands in the history"
    SIGNALLED_TWICE = "no signal stands in the history twice"
    CALLBACK_LOST = "the answer of a callback that was acknowledged is in the history"
    ACT_LOST = "an act that was acknowledged is in the history"
    CANCEL_LOST = "what was cancelled ends cancelled"
    DEFINITION_LOST = "a definition that was acknowledged is there unchanged"
    EVENT_LOST = "a follower misses no event"
    EVENT_TWICE = "a follower is told no event twice"
    EVENT_CHANGED = "what a follower was told is what the history says"
    NOT_ENDED = "every execution ends when it is let"
    REFUSED = "nobody is refused without a reason"
    NOT_VERIFIED = "the store is whole"


Found = Iterator[str]
ACTS: Final = {
    Kind.PAUSE: "ExecutionPaused",
    Kind.RESUME: "ExecutionResumed",
    Kind.CANCEL: "CancelRequested",
}


def judge(evidence: Evidence) -> dict[Rule, list[str]]:
    """By rule, everything that is found broken."""
    found = {rule: list(each(evidence)) for rule, each in RULES.items()}
    return {rule: texts for rule, texts in found.items() if texts}


def history(evidence: Evidence, execution: str) -> tuple[Item, ...]:
    seen = evidence.executions.get(execution)
    return seen.history if seen is not None else ()


def start_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.started:
        seen = evidence.executions.get(one.execution)
        if seen is None:
            yield f"{one.order} was acknowledged as {one.execution}, which does not exist"
        elif not seen.told.input == one.input == seen.history[0].data.get("input"):
            yield f"{one.order} was started with {one.input} and has {seen.told.input}"


def started_twice(evidence: Evidence) -> Found:
    orders = Counter(seen.told.business_key for seen in evidence.executions.values())
    del orders[None]
    yield from (f"{order} was started {times} times" for order, times in orders.items() if times > 1)
    yield from (f"{order} was never asked for" for order in orders if order not in evidence.notes.asked)


def repeat_differs(evidence: Evidence) -> Found:
    for one in evidence.notes.started:
        if one.key is not None and evidence.again.get(one.key) != one.execution:
            yield f"{one.key} was {one.execution} and is {evidence.again.get(one.key)} when it comes again"


def times_signalled(evidence: Evidence, execution: str, payload: str) -> int:
    signals = ("SignalReceived", "SignalKept")
    items = history(evidence, execution)
    return sum(item.type in signals and item.data.get("payload") == payload for item in items)


def signal_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.sent:
        if times_signalled(evidence, one.execution, one.payload) == 0:
            yield f"the signal {one.payload} is not in the history"


def signalled_twice(evidence: Evidence) -> Found:
    for one in evidence.notes.sent:
        times = times_signalled(evidence, one.execution, one.payload)
        if times > 1:
            yield f"the signal {one.payload} stands {times} times in the history"


def _has(items: tuple[Item, ...], event: str, **fields: Any) -> bool:
    return any(
        item.type == event
        and all(getattr(item, name, item.data.get(name)) == value for name, value in fields.items())
        for item in items
    )


def callback_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.called_back:
        items = history(evidence, one.execution)
        is_there = _has(items, "CallbackReceived", body=one.body)
        if not (is_there and _has(items, "ActivityCompleted", is_callback=True, output=one.body)):
            yield f"the callback {one.body} is not in the history"


def act_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.acted:
        if not _has(history(evidence, one.execution), ACTS[one.kind], reason=one.reason):
            yield f"the {one.reason} is not in the history"


def cancel_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.acted:
        seen = evidence.executions.get(one.execution)
        if one.kind is Kind.CANCEL and seen is not None and seen.told.status != "cancelled":
            yield f"{one.execution} was cancelled and is {seen.told.status}"


def definition_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.defined:
        if evidence.digests.get(one.version) != one.digest:
            yield f"version {one.version} was {one.digest} and is {evidence.digests.get(one.version)}"


def event_lost(evidence: Evidence) -> Found:
    for one in evidence.notes.followed:
        told = {item.seq for item in one.items}
        missed = [item.seq for item in history(evidence, one.execution) if item.seq not in told]
        if missed:
            yield f"the follower of {one.execution} missed {missed}, over {one.connections} connections"


def event_twice(evidence: Evidence) -> Found:
    for one in evidence.notes.followed:
        told = [item.seq for item in one.items]
        if any(later <= earlier for earlier, later in pairwise(told)):
            yield f"the follower of {one.execution} was told {told}"


def event_changed(evidence: Evidence) -> Found:
    for one in evidence.notes.followed:
        said = {item.seq: item for item in history(evidence, one.execution)}
        wrong = [item.seq for item in one.items if said.get(item.seq) != item]
        if wrong:
            yield f"the follower of {one.execution} was told {wrong} otherwise than they are"


def not_ended(evidence: Evidence) -> Found:
    for seen in evidence.executions.values():
        if seen.told.status not in TERMINAL:
            yield f"{seen.told.id} stands at {seen.history[-1].type} with status {seen.told.status}"


def refused(evidence: Evidence) -> Found:
    yield from evidence.notes.refused


def not_verified(evidence: Evidence) -> Found:
    if evidence.verified.returncode != 0:
        yield evidence.verified.stdout + evidence.verified.stderr


RULES: Final[dict[Rule, Callable[[Evidence], Found]]] = {
    Rule.START_LOST: start_lost,
    Rule.STARTED_TWICE: started_twice,
    Rule.REPEAT_DIFFERS: repeat_differs,
    Rule.SIGNAL_LOST: signal_lost,
    Rule.SIGNALLED_TWICE: signalled_twice,
    Rule.CALLBACK_LOST: callback_lost,
    Rule.ACT_LOST: act_lost,
    Rule.CANCEL_LOST: cancel_lost,
    Rule.DEFINITION_LOST: definition_lost,
    Rule.EVENT_LOST: event_lost,
    Rule.EVENT_TWICE: event_twice,
    Rule.EVENT_CHANGED: event_changed,
    Rule.NOT_ENDED: not_ended,
    Rule.REFUSED: refused,
    Rule.NOT_VERIFIED: not_verified,
}
