"""Times that never come, since another is over before, and waits that have no end at all."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from treadle.definition.durations import parse_duration
from treadle.definition.faults import Faults
from treadle.definition.reading import Outline
from treadle.definition.rules.document import ReadDocument, Standing
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.model.json import Json

TIMES: Final = {"task": ("timeout",), "wait": ("timeout",), "sleep": ("for",)}


class Limit(NamedTuple):
    """A deadline: how long, as it was written, and whose."""

    ms: int
    text: str
    owner: str


def check_times(document: ReadDocument, faults: Faults) -> None:
    """Look at the durations that are written out; those that a template gives are not known."""
    tree = document.definition.document
    whole = _limit(tree if isinstance(tree, dict) else {}, "the document")
    for standing in document.standings:
        node = standing.node
        outer = _least([whole, *map(_limit_of, standing.parents)])
        least = _least([outer, _limit_of(node)])
        if least is None:
            _check_end(standing, faults)
            continue
        if outer is not None:
            _check(node, "deadline", node.written.get("deadline"), outer, faults)
        for field, value in _times(node):
            _check(node, field, value, least, faults)


def _check_end(standing: Standing, faults: Faults) -> None:
    """Warn of a wait that nothing ends but a signal, or a cancel; a race may be won by another."""
    is_wait = standing.node.kind == "wait" and "timeout" not in standing.node.written
    if is_wait and all(node.kind != "race" for node in standing.parents):
        message = (
            "this waits as long as nothing comes: give it a `timeout`, or something around it a `deadline`"
        )
        faults.warn(standing.node.pointer, "wait_without_end", message)


def _check(node: Outline, field: str, value: Json, limit: Limit, faults: Faults) -> None:
    ms = _duration(value)
    if ms is not None and ms > limit.ms:
        message = f"{value} is longer than the deadline of {limit.owner} ({limit.text}), which comes first"
        faults.warn(joined(node.pointer, *field.split("/")), "longer_than_deadline", message)


def _times(node: Outline) -> Iterator[tuple[str, Json]]:
    for field in TIMES.get(node.kind or "", ()):
        yield field, node.written.get(field)
    callback = node.written.get("callback") if node.kind == "task" else None
    if isinstance(callback, dict):
        yield "callback/timeout", callback.get("timeout")


def _limit_of(node: Outline) -> Limit | None:
    if "deadline" not in node.written:
        return None
    return _limit(node.written, "the node" if node.id is None else quoted(node.id))


def _limit(written: Json, owner: str) -> Limit | None:
    text = written.get("deadline")
    ms = _duration(text)
    return None if ms is None else Limit(ms, text, owner)


def _least(limits: Iterable[Limit | None]) -> Limit | None:
    return min((limit for limit in limits if limit is not None), key=lambda limit: limit.ms, default=None)


def _duration(value: Json) -> int | None:
    """The milliseconds, None for what is no duration."""
    if not isinstance(value, str):
        return None
    try:
        return parse_duration(value)
    except ValueError:
        return None
