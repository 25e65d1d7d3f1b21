"""Every reason why two definitions do not fit together, or what there is to know of two that do."""

from collections.abc import Mapping
from typing import Final

import msgspec

from treadle.definition.differing.difference import Reason
from treadle.model.ids import NodeId


class ReasonCode(msgspec.Struct, frozen=True, kw_only=True):
    meaning: str
    is_breaking: bool


def _breaking(meaning: str) -> ReasonCode:
    return ReasonCode(meaning=meaning, is_breaking=True)


def _notable(meaning: str) -> ReasonCode:
    return ReasonCode(meaning=meaning, is_breaking=False)


FOR_RUNNING: Final[Mapping[str, ReasonCode]] = {
    "definition_renamed": _breaking(
        "The name is another: an execution belongs to the one it was started under."
    ),
    "dialect_changed": _breaking("Templates are in another language: what is missing means something else."),
    "node_removed": _breaking("A node is gone: an execution may stand at it, or have it to undo."),
    "node_renamed": _breaking("A node has another id: for an execution the old one is gone."),
    "kind_changed": _breaking("A node is of another kind: what an execution keeps of it no longer fits."),
    "node_moved": _breaking("A node stands in another body: an execution that stands at it stands nowhere."),
    "order_changed": _breaking("Nodes follow each other otherwise: one may be passed over, or run twice."),
    "activity_changed": _breaking("A node asks for another kind of activity: an answer may not fit."),
    "mode_changed": _breaking("A node is awaited otherwise: what it waits for now may never come."),
    "wait_changed": _breaking("A wait is for other signals: one that is open goes on as it was opened."),
    "branches_changed": _breaking("A node has other branches: one that runs has opened its own already."),
    "item_failure_changed": _breaking("Items are undone otherwise: those that run were begun the other way."),
    "compensation_added": _breaking("A node is now undone: visits that it has made already are not."),
    "compensation_removed": _breaking("A node is no longer undone: what it has done would stay done."),
    "read_not_run": _breaking("Something reads a node that is new: an execution may have passed its place."),
    "variable_not_set": _breaking("Something reads a variable that only a start with the new one would set."),
    "input_may_not_fit": _breaking("The schema may refuse an input that an execution was started with."),
    "node_added": _notable("A node is new: executions that have passed its place do not enter it."),
}
FOR_NEW: Final[Mapping[str, ReasonCode]] = {
    "definition_renamed": _breaking("The name is another: who starts the old name does not start this."),
    "input_may_be_refused": _breaking("The schema may refuse an input that was accepted before."),
    "output_may_change": _breaking("The output may have another shape."),
    "signal_removed": _breaking("Nothing waits for the signal: who sends it is told that it is unknown."),
    "signal_may_be_refused": _breaking("A wait may refuse a payload that was accepted before."),
    "message_removed": _breaking("A message is no longer sent: those who read it wait in vain."),
    "message_changed": _breaking("A message says something else."),
    "handler_added": _notable("A handler is called that was not before: it has to be registered."),
    "child_added": _notable("A definition is run that was not before: it has to be stored."),
    "compensation_removed": _notable("A node is no longer undone."),
    "hook_changed": _notable("Another hook, or none, is called at the end."),
    "deadline_changed": _notable("An execution may take longer or less long."),
    "priority_changed": _notable("Executions go before or after others otherwise."),
}


def for_running(code: str, message: str, pointer: str, node: NodeId | None = None) -> Reason:
    """A reason that is about running executions."""
    return _reason(FOR_RUNNING[code], code, message, pointer, node)


def for_new(code: str, message: str, pointer: str, node: NodeId | None = None) -> Reason:
    """A reason that is about new executions."""
    return _reason(FOR_NEW[code], code, message, pointer, node)


def _reason(known: ReasonCode, code: str, message: str, pointer: str, node: NodeId | None) -> Reason:
    return Reason(code=code, message=message, pointer=pointer, node=node, is_breaking=known.is_breaking)


def reference() -> str:
    """The page of all codes, in Markdown."""
    lines = [
        "# Reasons in the difference of two definitions",
        "",
        "An execution goes on with the definition that it was started with. The first table is about those",
        "that should go on with a newer one nevertheless; the second about whoever starts executions, sends",
        "them signals, and reads what comes of them. Two definitions fit together if no reason is breaking.",
        "",
        "This page is written from the tables in `treadle.definition.differing.codes`.",
    ]
    for title, codes in (("For running executions", FOR_RUNNING), ("For new executions", FOR_NEW)):
        lines += ["", f"## {title}", "", "| Code | Meaning | Breaking |", "|---|---|---|"]
        lines += [
            f"| `{code}` | {known.meaning} | {'yes' if known.is_breaking else 'no'} |"
            for code, known in sorted(codes.items())
        ]
    return "\n".join(lines) + "\n"
