"""A Trama document is written anew in this language; what has no equal is said."""

from collections.abc import Mapping, Sequence

import msgspec

from treadle.definition.bounds import DEFAULT_BOUNDS, DocumentBounds
from treadle.definition.durations import duration_text
from treadle.definition.faults import Faults
from treadle.definition.soundness import is_sound
from treadle.definition.trama.calls import CallRead
from treadle.definition.trama.document import HOOKS, TramaRead, read_in_place
from treadle.definition.trama.native_paths import Native
from treadle.definition.trama.native_rules import native_rule
from treadle.definition.trama.native_texts import NativeTexts
from treadle.definition.trama.remarks import Remarks
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.mustache_standpoint import Standpoint
from treadle.model.definition import Node, Sleep, Switch, Task
from treadle.model.errors import Fault, Rejected
from treadle.model.json import Json
from treadle.model.policies import RetryPolicy


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """`document` is in this language; each of `remarks` points into the document that was read."""

    document: Json
    remarks: tuple[Fault, ...]


def import_trama(tree: Json, bounds: DocumentBounds = DEFAULT_BOUNDS) -> Imported:
    """Write a Trama document in this language.

    Raises:
        Rejected: `invalid_definition`, with every fault.
    """
    faults = Faults()
    read = read_in_place(tree, faults, bounds) if is_sound(tree, faults) else None
    if read is None or faults.errors:
        raise _invalid(faults.errors)
    remarks = Remarks()
    try:
        document = _Writer(read, remarks).document()
    except InvalidExpression as error:
        raise _invalid(error.faults) from error
    return Imported(document=document, remarks=remarks.found)


def _invalid(faults: Sequence[Fault]) -> Rejected:
    what = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
    return Rejected("invalid_definition", f"the definition has {what}", tuple(faults))


class _Writer:
    """Writes one document."""

    def __init__(self, read: TramaRead, remarks: Remarks) -> None:
        self._read = read
        self._remarks = remarks
        self._goes_round = read.stands.order.cycle() is not None

    def document(self) -> Json:
        definition, reading, hooks, stands = self._read
        body = definition.body
        nodes = [self._node(node) for node in body.nodes]
        found: dict[str, Json] = {"name": definition.name, "version": definition.version}
        if reading.policy is not None:
            found["defaults"] = {"retry": _retry(reading.policy)}
        found |= {"steps": nodes} if body.start is None else {"start": body.start, "nodes": nodes}
        at_end = {"on_success": stands.on_success(), "on_failure": stands.on_failure()}
        for (field, stand), written in zip(at_end.items(), HOOKS, strict=True):
            call = hooks[written]
            if call is not None:
                found[field] = {"http": self._call(call, stand)}
        return found

    def _node(self, node: Node) -> Json:
        kind = node.__struct_config__.tag
        head = {"id": node.id, "label": node.label, "kind": kind, **self._own(node), "next": node.next}
        return _without_nulls(head)

    def _own(self, node: Node) -> Mapping[str, Json]:
        if isinstance(node, Task):
            return self._task(node)
        if isinstance(node, Switch):
            return self._switch(node)
        return {"for": duration_text(int(node.for_ or 0))} if isinstance(node, Sleep) else {}

    def _task(self, node: Task) -> Mapping[str, Json]:
        stands, read = self._read.stands, self._read.reading.nodes[node.id]
        found: dict[str, Json] = {}
        if node.callback is not None:
            conditions = {"success_when": read.success_when, "fail_when": read.fail_when}
            found["mode"] = "async"
            found["callback"] = {"timeout": duration_text(node.callback.timeout_ms)}
            for field, rule in conditions.items():
                if rule is not None:
                    found["callback"][field] = native_rule(rule, self._native(stands.callback()))
        found["http"] = self._call(read.up, stands.request(node))
        if read.down is not None and node.compensate is not None:
            found["compensate"] = {"http": self._call(read.down, stands.undo(node))}
            if self._read.reading.policy is not None:
                found["compensate"]["retry"] = {"max_attempts": node.compensate.retry.max_attempts}
        return found

    def _switch(self, node: Switch) -> Mapping[str, Json]:
        rules = self._read.reading.nodes[node.id].cases
        native = self._native(self._read.stands.case(node))
        cases = [
            {"when": native_rule(rule, native), "name": case.name, "next": case.next}
            for case, rule in zip(node.cases, rules, strict=True)
        ]
        return {"cases": [_without_nulls(case) for case in cases], "default": node.default_next}

    def _call(self, call: CallRead, stand: Standpoint) -> Json:
        texts, activity = NativeTexts(self._native(stand)), call.activity
        headers = {name: texts.header(written) for name, written in call.headers.items()}
        written: dict[str, Json] = {"method": activity.method, "url": texts.url(call.url)}
        if headers:
            written["headers"] = headers
        if call.body is not None:
            written["body"] = texts.value(call.body)
        return {**written, "success": list(activity.success)}

    def _native(self, stand: Standpoint) -> Native:
        return Native(stand, self._remarks, self._goes_round)


def _without_nulls(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {field: value for field, value in fields.items() if value is not None}


def _retry(policy: RetryPolicy) -> Json:
    return {
        "max_attempts": policy.max_attempts,
        "initial": duration_text(policy.initial_ms),
        "multiplier": policy.multiplier,
        "max": duration_text(policy.max_ms),
        "jitter": policy.jitter,
        "on": list(policy.on),
    }
