"""Every code that a fault or a warning of a document may have, what it means and what to do."""

from collections.abc import Iterable
from typing import Final

import msgspec

from treadle.expressions.nearest import suggestion
from treadle.model.errors import Fault

FAULTS_MAX: Final = 1_000
"""Faults of one document that are listed; what comes after is only counted."""


class FaultCode(msgspec.Struct, frozen=True, kw_only=True):
    meaning: str
    remedy: str


def _code(meaning: str, remedy: str) -> FaultCode:
    return FaultCode(meaning=meaning, remedy=remedy)


ERRORS: Final = {
    "malformed_document": _code(
        "The text is no JSON or YAML 1.2, or holds what a document may not hold.",
        "Mend the text at the line and column named; write out what an anchor, alias or tag stands for.",
    ),
    "too_deep": _code("Values are nested deeper than 64.", "Flatten the document."),
    "path_too_long": _code(
        "The keys on the way to a value are longer than 4,096 characters together.", "Shorten the keys."
    ),
    "wrong_type": _code("A value has another type than the field takes.", "Write a value of the type named."),
    "missing_field": _code("A field that must be there is not.", "Write the field."),
    "unknown_field": _code("The language has no such field there.", "Correct the word or leave it out."),
    "conflicting_fields": _code("Fields that exclude each other stand together.", "Keep one of them."),
    "invalid_value": _code("A word is none of those that the field takes.", "Write one of those named."),
    "out_of_range": _code("A number is outside its range.", "Write a number inside the range named."),
    "unknown_kind": _code("There is no such kind of node.", "Write one of the kinds named."),
    "unsupported_field": _code("The field is not available yet.", "Leave it out."),
    "unsupported_activity": _code("The activity is not available yet.", "Use `http` or `handler`."),
    "unsupported_expression": _code(
        "A template is a section, a partial or a comment, or stands in a key.",
        "Write a choice as `a ? b : c` and a list with `map`; put templates in values.",
    ),
    "invalid_expression": _code("An expression is not closed, empty, or misspelt.", "Mend it at its place."),
    "expression_too_deep": _code("An expression is nested deeper than 48.", "Split it, or use `set`."),
    "hyphenated_id": _code(
        "An expression reads a node whose id has a hyphen, as if it were a subtraction.",
        'Write `nodes["pay-auth"]`.',
    ),
    "unknown_function": _code(
        "An expression calls a function, a method or a macro that is not there.", "Correct the name."
    ),
    "invalid_pattern": _code("The pattern of `matches` is none of RE2.", "Correct the pattern."),
    "expression_too_long": _code("A template or a condition is longer than 4 kB.", "Shorten or split it."),
    "invalid_path": _code("A path is misspelt, or reads a field that its root has not.", "Mend the path."),
    "unknown_root": _code("There is no such root.", "Read from one of those named."),
    "misplaced_root": _code("The root is not to be had in this place.", "Read it where it is to be had."),
    "computed_path": _code(
        "A condition computes the path it reads, or an expression the node.", "Write the path out."
    ),
    "unknown_operator": _code("JSON Logic has no such operator here.", "Use one of its core operators."),
    "invalid_arity": _code(
        "An operator or a function has too few or too many arguments.", "Give it as many as it takes."
    ),
    "invalid_condition": _code(
        "A condition is no JSON Logic, or a text that never gives true or false.",
        "Write an object with one operator, or an expression in text.",
    ),
    "unbounded_condition": _code(
        "A condition builds lists within lists that may become far larger than what they cost.",
        "Put lists together with `merge`, or let a task decide.",
    ),
    "unknown_node": _code("A template reads a node that is not there.", "Read one of the nodes there are."),
    "node_not_before": _code(
        "A template reads a node that cannot have run by then on any path.",
        "Read a node that comes before, or move this one.",
    ),
    "node_in_iteration": _code(
        "A node inside an `each` or a `loop` is read from outside, where its results never are.",
        "Read the output of the node around it, or keep the value with `set`.",
    ),
    "unknown_variable": _code(
        "An expression reads a variable that neither `vars` nor any `set` has.",
        "Correct the name, or set it.",
    ),
    "variable_not_before": _code(
        "An expression reads a variable that no `set` can have given a value by then, on any path.",
        "Give it a value in `vars` of the document, or set it before.",
    ),
    "unknown_next": _code(
        "`next`, `start`, a case or a default names no node of this body.", "Name one of its nodes."
    ),
    "misplaced_next": _code(
        "A node of a sequence names the node to go on with.", "Leave it out, or write a graph with `nodes`."
    ),
    "unreachable_node": _code("No way of the graph leads to the node.", "Name it as `next` somewhere."),
    "compensated_cycle": _code(
        "A cycle of a graph leads through a node that is compensated.", "Repeat it with a `loop`."
    ),
    "no_branches": _code("A node has no branch.", "Write at least one."),
    "too_many_branches": _code("A node has more than 64 branches.", "Use `each`, or split the node."),
    "no_weight": _code("The weights of a split are all 0.", "Give one of them a weight."),
    "duplicate_signal": _code("A wait names the same signal twice.", "Name it once, or use `count`."),
    "invalid_name": _code("A name has other characters than names may have.", "Rename it."),
    "invalid_id": _code("A node id has other characters than ids may have.", "Rename the node."),
    "reserved_id": _code("A node id begins with `$`.", "Rename the node."),
    "duplicate_id": _code("Two nodes have the same id.", "Rename one of them."),
    "duplicate_case": _code("Two cases of a switch have the same name.", "Rename one of them."),
    "too_many_nodes": _code("The document has more than 1,000 nodes.", "Split it."),
    "nested_too_deep": _code("Bodies are nested deeper than 16.", "Flatten them."),
    "invalid_duration": _code("The text is no duration.", "Write `10s`, `15m` and the like."),
    "invalid_instant": _code("The text is no instant.", "Write RFC 3339 with an offset."),
    "invalid_method": _code("The HTTP method is none that is sent.", "Write one of those named."),
    "invalid_url": _code("The URL has no scheme that is called.", "Begin it with `http://` or `https://`."),
    "invalid_header": _code("A header cannot be sent so.", "Correct its name or value."),
    "invalid_success": _code("The text is no HTTP status and no class of them.", "Write `204` or `2xx`."),
    "invalid_retry_on": _code(
        "The text is no class, status or code of a failure.",
        "Write `unknown`, `429`, `5xx`, or an error code.",
    ),
    "invalid_schema": _code("The schema is no JSON Schema 2020-12.", "Correct the schema."),
    "too_many_faults": _code("There are more faults than are listed.", "Mend those that are listed first."),
}
WARNINGS: Final = {
    "encoded_scheme": _code(
        "A URL begins with an expression and goes on: its scheme is percent-encoded and cannot be called.",
        "Make all of it one expression, in which `percentEncode()` is for the parts of a path.",
    ),
    "ignored_field": _code(
        "A field of a Trama document is not known there, or has no effect where it stands.",
        "Correct the word or leave it out.",
    ),
    "unset_variable": _code(
        "A template or condition of a Trama document reads what never has a value: it prints as empty text.",
        "Read something that is there by then.",
    ),
    "compensation_may_not_render": _code(
        "A compensation reads what an attempt of unknown outcome cannot give.",
        "Undo by `nodes.<id>.idempotency_key`, or say with `unknown` what to do then.",
    ),
    "may_not_have_run": _code(
        "A template reads a node that runs on some paths only; on the others the template fails.",
        "Read it as `nodes.<id>.?output` with `orValue`, ask with `has(nodes.<id>.output)`, or read what the "
        "switch around it gives.",
    ),
    "path_in_brackets": _code(
        "A path of JSON Logic has brackets in it: they are part of a name there, so it reads nothing.",
        "Write the index as a name, `input.items.0.sku`.",
    ),
    "may_be_skipped": _code(
        "A template reads into the result of a node that its `when` may skip: a skipped node has null as "
        "output and no response, and then the template fails.",
        'Ask first, `nodes.<id>.status != "skipped" ? ... : ...`, or read with `.?` and `orValue`.',
    ),
    "variable_may_be_unset": _code(
        "A template reads a variable that has a value on some paths only; on the others the template fails.",
        "Give it a value in `vars` of the document, or ask with `has(vars.<name>)`.",
    ),
    "unused_variable": _code(
        "A variable has a value that nothing reads and no `set` changes.", "Remove it, or read it."
    ),
    "no_response": _code(
        "An expression reads the response of a node that makes no HTTP call.", "Read its `output`."
    ),
    "unknown_output_field": _code(
        "An expression reads a field that the output of such a node never has.", "Read one of those named."
    ),
    "unreachable_case": _code(
        "A case or a catch comes after those that take all it would, or its condition is never true.",
        "Move it before, or remove one of the two.",
    ),
    "constant_condition": _code(
        "A condition reads nothing: it is always true, or never.", "Let it read something, or leave it out."
    ),
    "endless_cycle": _code(
        "No way leads out of a cycle of a graph: only a failure or a cancel ends it.",
        "Lead one of its nodes to one outside, or to an `end`.",
    ),
    "input_not_in_schema": _code(
        "A path reads what `input_schema` does not know: nothing, or a slip of the pen.",
        "Correct the path, or add the property to the schema.",
    ),
    "unknown_schema_word": _code(
        "A word of a schema means nothing, and is like one that does.", "Correct it."
    ),
    "callback_not_sent": _code(
        "The request of an async task has neither `callback.url` nor `callback.token`.",
        "Send one of them: without it nobody can answer.",
    ),
    "method_missing": _code(
        "A call with a body, or one that undoes, has no `method`, and so is a GET.", "Write the method."
    ),
    "nothing_to_compensate": _code(
        "`on_unknown: compensate` stands at a node without `compensate`.",
        "Say with `compensate` how it is undone, or choose another word.",
    ),
    "longer_than_deadline": _code(
        "A time is longer than a deadline that comes first: it never takes effect.",
        "Shorten it, or extend the deadline.",
    ),
    "wait_without_end": _code(
        "A wait has no `timeout`, and nothing around it a `deadline`.", "Give it one of the two."
    ),
    "retry_never_happens": _code(
        "A `retry` says what cannot come about: there is one attempt only, or nothing that it names.",
        "Raise `max_attempts`, name in `on` what may happen here, or leave it out.",
    ),
    "unreachable_after_end": _code(
        "A node comes after one that always ends the execution.",
        "Give the `end` a `when`, or remove the node.",
    ),
    "unknown_retry_class": _code(
        "A word in `retry.on` is like a class of failures but none: it counts as an error code.",
        "Correct the word if the class was meant.",
    ),
    "max_below_initial": _code(
        "The longest back-off is shorter than the first.", "Raise `max` or lower `initial`."
    ),
    "template_not_rendered": _code(
        "A `{{` stands where nothing is rendered, as in JSON Logic, and is kept as text.",
        "Move it to where templates are; JSON Logic reads with `var`.",
    ),
}


class Faults:
    """What was found in one document, in the order of finding."""

    def __init__(self) -> None:
        self._errors: list[Fault] = []
        self._warnings: list[Fault] = []
        self._seen: set[tuple[str, str]] = set()
        self._has_more = False

    def error(self, pointer: str, code: str, message: str) -> None:
        """Note what makes the document invalid."""
        self.add(Fault(pointer=pointer, code=code, message=message))

    def add(self, fault: Fault) -> None:
        """Note a fault that another room found."""
        if len(self._errors) < FAULTS_MAX:
            self._errors.append(fault)
        else:
            self._has_more = True

    def warn(self, pointer: str, code: str, message: str) -> None:
        """Note what is legal but suspicious; the same thing at the same place once."""
        if (pointer, code) not in self._seen and len(self._warnings) < FAULTS_MAX:
            self._seen.add((pointer, code))
            self._warnings.append(Fault(pointer=pointer, code=code, message=message))

    @property
    def is_full(self) -> bool:
        """Whether no more faults are listed: to look for more is in vain."""
        return len(self._errors) >= FAULTS_MAX

    def hint(self, word: str, known: Iterable[str]) -> str:
        """`; did you mean ...?`, as long as anybody may read it."""
        return "" if self.is_full else suggestion(word, known)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults, with a last one that says if there are more."""
        if not self._has_more:
            return tuple(self._errors)
        message = f"there are more faults than the {FAULTS_MAX:,} listed"
        return (*self._errors, Fault(pointer="", code="too_many_faults", message=message))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(self._warnings)


def reference() -> str:
    """The page of all codes, in Markdown."""
    lines = [
        "# Faults of a document",
        "",
        "Every fault has a JSON Pointer to its place, one of these codes, and a message. All faults of a",
        "document are named at once. A document with errors is refused; warnings are for the author.",
        "This page is written from the table in `treadle.definition.faults`.",
    ]
    for title, codes in (("Errors", ERRORS), ("Warnings", WARNINGS)):
        lines += ["", f"## {title}", "", "| Code | Meaning | What to do |", "|---|---|---|"]
        lines += [f"| `{code}` | {found.meaning} | {found.remedy} |" for code, found in sorted(codes.items())]
    return "\n".join(lines) + "\n"
