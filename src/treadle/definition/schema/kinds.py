"""Every kind of node: its own fields, beside those that every node has."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.kinds.child import MODES as CHILD_MODES
from treadle.definition.kinds.each import CONCURRENCY_DEFAULT, CONCURRENCY_MAX, ON_ITEM_FAILURE
from treadle.definition.kinds.end import STATUSES
from treadle.definition.kinds.loop import ITERATIONS_DEFAULT, ITERATIONS_MAX
from treadle.definition.kinds.table import KINDS
from treadle.definition.kinds.task import MODES as TASK_MODES
from treadle.definition.kinds.wait import COUNT_MAX, ON_TIMEOUT
from treadle.definition.schema.activities import ACTIVITY, POLICIES
from treadle.definition.schema.bodies import BODY_FIELDS
from treadle.definition.schema.branches import branches
from treadle.definition.schema.shapes import Field, field, integer, to, words
from treadle.definition.schema.values import (
    BODY,
    CONDITION,
    DURATION,
    FILLED,
    NAMED,
    NODE,
    SCHEMA,
    TEMPLATE,
    TEXT,
    TEXT_TEMPLATE,
)

SIGNALS: Final = to("signals")
COMPENSATE: Final = field("What undoes this node if its scope fails after it.", to("compensate"))
COMMON: Final[Mapping[str, Field]] = {
    "id": field("The name of the node, by which everything else refers to it.", NODE),
    "kind": field("What the node does.", words(KINDS)),
    "label": field("What people see in its place.", TEXT),
    "when": field("If this does not hold, the node is skipped; its output is null.", CONDITION),
    "next": field("The node to go on with, in a graph; without it the body ends.", NODE),
    "deadline": field("How long a whole visit may take, back-off included.", DURATION),
}
KIND_MEANINGS: Final[Mapping[str, str]] = {
    "task": "One activity: an HTTP call or a handler.",
    "switch": "The first case that matches is taken.",
    "sleep": "Waits for a duration or until an instant.",
    "wait": "Waits for signals.",
    "parallel": "Runs all branches; the first that fails cancels the others.",
    "race": "Runs all branches; the first to complete wins, the others are cancelled and undone.",
    "each": "Runs its body for every item of a list.",
    "loop": "Runs its body again and again.",
    "try": "A scope whose failure is undone and may be caught.",
    "shield": "A body that is finished before a cancel takes effect.",
    "split": "Takes one branch by weight, always the same one for the same execution.",
    "child": "Runs another definition as an execution of its own.",
    "emit": "Sends a message to a stream and does not wait for anything.",
    "set": "Gives variables new values.",
    "end": "Ends the execution.",
}
KIND_FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    "task": {
        **ACTIVITY,
        "mode": field(
            "`async`: the call only triggers the work, a callback ends it.", words(TASK_MODES), default="sync"
        ),
        **POLICIES,
        "probe": field("Asks what became of an attempt of unknown outcome, once.", to("activity")),
        "compensate": COMPENSATE,
        "output": field(
            "What is made of the answer: a template over `body`, `status` and `headers`.", TEMPLATE
        ),
    },
    "switch": {
        "cases": field(
            "The cases, in the order in which they are asked.", {"type": "array", "items": to("case")}
        ),
        "default": field(
            "What is done when no case matches: a body, or in a graph the node to go on with.",
            {"if": {"type": "string"}, "then": NODE, "else": BODY},
        ),
    },
    "sleep": {
        "for": field("How long.", to("moment_duration")),
        "until": field("Until when, in RFC 3339.", to("moment_instant")),
        "jitter": field("Up to this long is added, by chance but always the same.", DURATION),
    },
    "wait": {
        "signal": field("The signal that is waited for.", NAMED),
        "any": field("The first of these that comes ends the wait.", SIGNALS),
        "all": field("Each of these ends the wait together.", SIGNALS),
        "count": field(
            "How many payloads end the wait; the output is the list of them.", integer(1, COUNT_MAX)
        ),
        "timeout": field("How long is waited.", DURATION),
        "on_timeout": field(
            "Whether the node fails then, or goes on.", words(ON_TIMEOUT), default=ON_TIMEOUT[0]
        ),
        "schema": field("What a payload has to be; another is refused to its sender.", SCHEMA),
    },
    "parallel": {"branches": field("The branches by their names.", branches(BODY))},
    "race": {"branches": field("The branches by their names.", branches(BODY))},
    "each": {
        "items": field(
            "The list, or a template that gives one.",
            {"type": ["array", "string"], "pattern": r"^\{\{[\s\S]*\}\}$"},
        ),
        "concurrency": field(
            "How many items run at a time.", integer(1, CONCURRENCY_MAX), default=CONCURRENCY_DEFAULT
        ),
        "on_item_failure": field(
            "Whether a failed item fails the node, or stands in its output.",
            words(ON_ITEM_FAILURE),
            default=ON_ITEM_FAILURE[0],
        ),
        **BODY_FIELDS,
    },
    "loop": {
        "while": field("Asked before each turn: it runs as long as this holds.", CONDITION),
        "until": field("Asked after each turn: it ends as soon as this holds.", CONDITION),
        "max_iterations": field(
            "Turns after which it fails.", integer(1, ITERATIONS_MAX), default=ITERATIONS_DEFAULT
        ),
        **BODY_FIELDS,
    },
    "try": {
        **BODY_FIELDS,
        "catch": field(
            "What is done when the body has failed and is undone; the first clause that fits.",
            {"type": "array", "items": to("catch")},
        ),
        "finally": field("What is done however the rest ended.", BODY),
    },
    "shield": BODY_FIELDS,
    "split": {
        "branches": field("The branches by their names, with a weight each.", branches(to("weighted_branch")))
    },
    "child": {
        "definition": field("The definition to run.", to("definition_reference")),
        "input": field("The input of the child.", TEMPLATE, default={}),
        "mode": field("`detach`: nobody waits for its end.", words(CHILD_MODES), default=CHILD_MODES[0]),
        "compensate": COMPENSATE,
    },
    "emit": {
        "topic": field("Where the message goes.", {**TEXT_TEMPLATE, **FILLED}),
        "type": field("What the message is.", {**TEXT_TEMPLATE, **FILLED}),
        "data": field("What the message says.", TEMPLATE),
        "key": field("What keeps messages in order that have it.", {**TEXT_TEMPLATE, **FILLED}),
    },
    "set": {
        "vars": field("The values by their names.", {"type": "object", "additionalProperties": TEMPLATE}),
    },
    "end": {
        "status": field("How the execution ends.", words(STATUSES)),
        "output": field("What stands in place of the document's output.", TEMPLATE),
        "error": field("Why it failed.", to("error")),
    },
}
