"""What must hold after a run of kills; each check names what it finds broken."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from tests.e2e.attempts import Attempt, Kind, attempts_of, key_of
from tests.e2e.evidence import Evidence, Seen
from tests.e2e.ledger import Call
from tests.e2e.saga import COMPENSATED, OUTPUTS


class Rule(StrEnum):
    ACKNOWLEDGED_LOST = "what was acknowledged is there"
    STARTED_TWICE = "a repeated start starts nothing"
    HISTORY_LOST = "what was durable at a kill stands unchanged at the end"
    NOT_ENDED = "every execution ends"
    CALL_BEFORE_COMMIT = "no call is made before its attempt is durable"
    ATTEMPT_REPEATED = "no attempt is made twice, and numbers grow"
    OUTCOME_REPEATED = "nothing is called again whose outcome was durable"
    KEY_CHANGED = "every call of one thing has the same key"
    CALLBACK_LOST = "a callback that was accepted is there"
    OUTCOME_INVENTED = "a recorded outcome is what the service answered"
    OUTPUT_WRONG = "the output is made of the services' answers"
    UNDO_MISSING = "what may have been done is undone when its saga fails"
    UNDO_EARLY = "undo begins when all forward calls are over"
    UNDO_DISORDERED = "undo goes in reverse order"
    UNDO_UNASKED = "what cannot have been done, or was kept, is not undone"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    rule: Rule
    detail: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One execution: the API's view, its attempts by its history, and its calls by the ledger."""

    seen: Seen
    attempts: tuple[Attempt, ...]
    calls: tuple[Call, ...]

    def keys_called(self, kind: Kind) -> list[str]:
        """Keys in the order of their first call."""
        return list(dict.fromkeys(call.key for call in self.calls if kind_of(call) is kind))


Found = Iterator[str]


def kind_of(call: Call) -> Kind:
    """What a call is for, by its headers."""
    if call.compensates is not None:
        return Kind.UNDO
    return Kind.HOOK if call.node.startswith("$") else Kind.FORWARD


def check(evidence: Evidence) -> list[Violation]:
    """Everything that is found broken, none if all holds."""
    cases = _cases(evidence)
    found = [Violation(rule=rule, detail=text) for rule, whole in WHOLE.items() for text in whole(evidence)]
    for rule, single in SINGLE.items():
        found += [Violation(rule=rule, detail=text) for case in cases for text in single(case)]
    for rule, each in AT_KILLS.items():
        found += [Violation(rule=rule, detail=text) for text in each(evidence, cases)]
    return found


def _cases(evidence: Evidence) -> list[Case]:
    calls: defaultdict[str, list[Call]] = defaultdict(list)
    for call in evidence.ledger.calls:
        calls[call.execution].append(call)
    return [
        Case(seen=seen, attempts=attempts_of(seen), calls=tuple(calls[execution]))
        for execution, seen in evidence.executions.items()
    ]


def acknowledged_lost(evidence: Evidence) -> Found:
    for order, execution in evidence.acknowledged.items():
        if execution not in evidence.executions:
            yield f"{order} was acknowledged as {execution}, which does not exist"


def started_twice(evidence: Evidence) -> Found:
    orders = Counter(seen.told.business_key for seen in evidence.executions.values())
    del orders[None]
    yield from (f"{order} was started {times} times" for order, times in orders.items() if times > 1)
    yield from (f"{order} was never asked for" for order in orders if order not in evidence.asked)


def history_lost(evidence: Evidence) -> Found:
    for number, stored in enumerate(evidence.stored, start=1):
        for (execution, first_seq), digest in stored.rows.items():
            if evidence.at_end.rows.get((execution, first_seq)) != digest:
                yield f"{execution}: the row at {first_seq}, durable at kill {number}, is gone or changed"


def not_ended(case: Case) -> Found:
    told = case.seen.told
    if told.status not in ("completed", "failed"):
        yield f"{told.id} stands at {case.seen.history[-1].type} with status {told.status}"


def attempt_repeated(case: Case) -> Found:
    latest: dict[str, int] = {}
    for call in case.calls:
        if call.attempt <= latest.get(call.key, 0):
            yield f"{call.key}: attempt {call.attempt} after attempt {latest[call.key]}"
        latest[call.key] = call.attempt


def outcome_repeated(case: Case) -> Found:
    """By the whole history: no attempt is begun after one was answered well."""
    done = {one.key: one.done for one in case.attempts if one.done is not None}
    started = {(one.key, one.number): one.started for one in case.attempts}
    for call in case.calls:
        since = done.get(call.key)
        if since is not None and started.get((call.key, call.attempt), 0) > since:
            yield f"{call.key}: attempt {call.attempt} after it was answered well at {since}"


def key_changed(case: Case) -> Found:
    for call in case.calls:
        expected = key_of(call.execution, kind_of(call), call.node)
        if call.key != expected:
            yield f"{call.key} was sent for {expected}"
        if call.compensates not in (None, key_of(call.execution, Kind.FORWARD, call.node)):
            yield f"{call.key} says that it undoes {call.compensates}"


def callback_lost(case: Case) -> Found:
    taken = {(one.key, one.number) for one in case.attempts if one.is_callback}
    for call in case.calls:
        if call.callback_status == 202 and (call.key, call.attempt) not in taken:
            yield f"{call.key}: the callback of attempt {call.attempt} was accepted and is not in the history"


def outcome_invented(case: Case) -> Found:
    answers = {(call.key, call.attempt): call.status for call in case.calls}
    called_back = {(call.key, call.attempt) for call in case.calls if call.is_called_back}
    for one in case.attempts:
        if one.is_callback:
            if (one.key, one.number) not in called_back:
                yield f"{one.key}: attempt {one.number} ended by a callback that the service never sent"
            continue
        told = one.http_status if one.outcome in ("ok", "failed") else None
        if told is not None and answers.get((one.key, one.number)) != told:
            yield (
                f"{one.key}: attempt {one.number} is recorded as {told}, "
                f"the ledger has {answers.get((one.key, one.number))}"
            )
        if one.outcome in ("ok", "failed") and told is None:
            yield f"{one.key}: attempt {one.number} is recorded as {one.outcome} without an answer"


def output_wrong(case: Case) -> Found:
    told = case.seen.told
    if told.status != "completed" or told.definition.name not in OUTPUTS:
        return
    answers = {call.node: call.answer for call in case.calls if call.is_done}
    expected = {field: answers.get(node) for field, node in OUTPUTS[told.definition.name].items()}
    if told.output != expected:
        yield f"{told.id}: the output is {told.output}, the ledger says {expected}"


def undo_missing(case: Case) -> Found:
    """By the ledger: done, or nobody knows; then the undo was called and answered well."""
    if case.seen.told.status != "failed":
        return
    undone = {call.compensates for call in case.calls if call.status == 200}
    for call in case.calls:
        is_owed = kind_of(call) is Kind.FORWARD and call.node in COMPENSATED and call.may_have_acted
        if is_owed and call.key not in undone:
            yield f"{call.key}: attempt {call.attempt} may have acted and is not undone"


def undo_early(case: Case) -> Found:
    forward = [call.number for call in case.calls if kind_of(call) is Kind.FORWARD]
    for call in case.calls:
        if kind_of(call) is Kind.UNDO and call.number < max(forward, default=0):
            yield f"{call.key} is called before the last forward call of its saga"


def undo_disordered(case: Case) -> Found:
    visits = case.keys_called(Kind.FORWARD)
    undone = [key.removesuffix("/undo") for key in case.keys_called(Kind.UNDO)]
    # An attempt that was lost before it left is undone, and was never seen.
    order = [visits.index(key) for key in undone if key in visits]
    if order != sorted(order, reverse=True):
        yield f"{case.seen.told.id} did {visits} and undid {undone}"


def undo_unasked(case: Case) -> Found:
    armed = {one.key for one in case.attempts if one.outcome in ("ok", "unknown")}
    for call in case.calls:
        if kind_of(call) is not Kind.UNDO:
            continue
        if case.seen.told.status == "completed":
            yield f"{call.key} was called in a saga that completed"
        if call.compensates not in armed:
            yield f"{call.key} was called for what was answered with refusals alone"


def call_before_commit(evidence: Evidence, cases: list[Case]) -> Found:
    """Each call that was received before a kill has its start in what was durable then."""
    yield from (
        f"{call.key} was called for an execution that does not exist"
        for call in evidence.ledger.calls
        if call.execution not in evidence.executions
    )
    for case in cases:
        starts = {(one.key, one.number): one.started for one in case.attempts}
        for call in case.calls:
            started = starts.get((call.key, call.attempt))
            if started is None:
                yield f"{call.key}: attempt {call.attempt} was made and is not in the history"
                continue
            number, version = _version_at_next_kill(evidence, call)
            if version is not None and started > version:
                yield (
                    f"{call.key}: attempt {call.attempt} was made, its start (seq {started}) was not "
                    f"durable at kill {number} (version {version})"
                )


def _version_at_next_kill(evidence: Evidence, call: Call) -> tuple[int, int | None]:
    """The first kill after that call, and what was durable of its execution then."""
    for number, (kill, stored) in enumerate(zip(evidence.ledger.kills, evidence.stored, strict=True), 1):
        if call.number < kill.number:
            return number, stored.versions.get(call.execution, 0)
    return 0, None


def outcome_repeated_after_kill(evidence: Evidence, cases: list[Case]) -> Found:
    """No call after a kill for an attempt whose end was durable at it, nor for what was over by then."""
    for number, (kill, stored) in enumerate(zip(evidence.ledger.kills, evidence.stored, strict=True), 1):
        for case in cases:
            version = stored.versions.get(case.seen.told.id, 0)
            ended = {(one.key, one.number) for one in case.attempts if _is_durable(one.ended, version)}
            over = {one.key for one in case.attempts if _is_durable(one.closed, version)}
            for call in case.calls:
                if call.number > kill.number and (call.key in over or (call.key, call.attempt) in ended):
                    yield f"{call.key}: attempt {call.attempt} after kill {number}, its end was durable"


def _is_durable(seq: int | None, version: int) -> bool:
    return seq is not None and seq <= version


WHOLE: Final[dict[Rule, Callable[[Evidence], Found]]] = {
    Rule.ACKNOWLEDGED_LOST: acknowledged_lost,
    Rule.STARTED_TWICE: started_twice,
    Rule.HISTORY_LOST: history_lost,
}
SINGLE: Final[dict[Rule, Callable[[Case], Found]]] = {
    Rule.NOT_ENDED: not_ended,
    Rule.ATTEMPT_REPEATED: attempt_repeated,
    Rule.OUTCOME_REPEATED: outcome_repeated,
    Rule.KEY_CHANGED: key_changed,
    Rule.CALLBACK_LOST: callback_lost,
    Rule.OUTCOME_INVENTED: outcome_invented,
    Rule.OUTPUT_WRONG: output_wrong,
    Rule.UNDO_MISSING: undo_missing,
    Rule.UNDO_EARLY: undo_early,
    Rule.UNDO_DISORDERED: undo_disordered,
    Rule.UNDO_UNASKED: undo_unasked,
}
AT_KILLS: Final[dict[Rule, Callable[[Evidence, list[Case]], Found]]] = {
    Rule.CALL_BEFORE_COMMIT: call_before_commit,
    Rule.OUTCOME_REPEATED: outcome_repeated_after_kill,
}
