"""Requests that cannot do what they are for."""

from collections.abc import Iterator
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Outline, Role
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.pointers import joined
from treadle.model.json import Json

HOOKS: Final = ("on_success", "on_failure", "on_cancel")
ACTIVITIES: Final = ("http", "handler")
UNDOING: Final = ("compensate", "compensate/unknown")


def check_requests(document: ReadDocument, faults: Faults) -> None:
    """Warn of async tasks that nobody can answer, and of calls whose method was probably forgotten."""
    answered = {use.pointer for use, _ in document.reads("callback") if use.role is Role.REQUEST}
    for node in document.nodes:
        if node.kind == "task" and node.written.get("mode") == "async":
            _check_answer(node, answered, faults)
        for place, activities in _activities(node.written, "compensate", "compensate/unknown", "probe"):
            _check_method(joined(node.pointer, *place.split("/")), place, activities, faults)
        _check_method(node.pointer, "", node.written, faults)
    for place, activities in _activities(document.definition.document, *HOOKS):
        _check_method(f"/{place}", place, activities, faults)


def _check_answer(node: Outline, answered: set[str], faults: Faults) -> None:
    for word in ACTIVITIES:
        pointer = joined(node.pointer, word)
        if word in node.written and not any(f"{read}/".startswith(f"{pointer}/") for read in answered):
            message = "the request tells neither `callback.url` nor `callback.token`: nobody could answer it"
            faults.warn(pointer, "callback_not_sent", message)


def _check_method(pointer: str, place: str, activities: Json, faults: Faults) -> None:
    """A call without `method` is a GET, which carries no body and changes nothing."""
    http = activities.get("http")
    if not isinstance(http, dict) or "method" in http:
        return
    if "body" in http:
        message = "this is a GET with a body, as no `method` is written: write which one is meant"
    elif place in UNDOING:
        message = "this undo is a GET, as no `method` is written: write which one is meant"
    else:
        return
    faults.warn(joined(pointer, "http"), "method_missing", message)


def _activities(written: Json, *places: str) -> Iterator[tuple[str, Json]]:
    """The objects at these places, as far as they are some."""
    for place in places:
        value = written
        for key in place.split("/"):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            yield place, value
