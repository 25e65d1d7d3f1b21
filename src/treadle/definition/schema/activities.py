"""Activities and what belongs to them: retry, callback, compensation, probe, hook."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.activities.handler import NAME_CHARS_MAX
from treadle.definition.activities.http import HEADER_NAME, METHODS, SUCCESS
from treadle.definition.activities.table import READERS
from treadle.definition.durations import duration_text
from treadle.definition.policies import (
    ATTEMPTS_MAX,
    ERROR_CODE,
    MULTIPLIER_MAX,
    ON_UNKNOWN,
    RETRY_CLASSES,
    STATUS,
)
from treadle.definition.schema.shapes import Field, closed, field, integer, number, one_of, to, words
from treadle.definition.schema.values import (
    CONDITION,
    DURATION,
    FLAG,
    TEMPLATE,
    TEXT_TEMPLATE,
    in_any_case,
    whole,
)
from treadle.model.definition import HttpActivity
from treadle.model.json import Json
from treadle.model.policies import COMPENSATION_ATTEMPTS_MAX_DEFAULT, TIMEOUT_MS_DEFAULT, RetryPolicy

BUILT_IN: Final = RetryPolicy()
STATUS_CODE: Final = integer(100, 599)
HANDLER_NAME: Final[dict[str, Json]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": NAME_CHARS_MAX,
    "pattern": r"^(?!.*\{\{)\S(?:.*\S)?$",
}
HTTP: Final[Mapping[str, Field]] = {
    "method": field(
        "The method, in letters of any case.",
        {"type": "string", "pattern": f"^(?:{'|'.join(map(in_any_case, METHODS))})$"},
        default=HttpActivity(url="").method,
        examples=list(METHODS),
    ),
    "url": field(
        "The address; what templates put into it is percent-encoded, unless it is one expression as a whole.",
        {"type": "string", "pattern": r"^(?:\{\{|[hH][tT][tT][pP][sS]?://)"},
        examples=["http://inventory/reserve/{{ input.sku }}"],
    ),
    "query": field(
        "Parameters that are added to the URL.", {"type": "object", "additionalProperties": TEMPLATE}
    ),
    "headers": field(
        "Headers besides those that every call has.",
        {
            "type": "object",
            "propertyNames": {"pattern": whole(HEADER_NAME)},
            "additionalProperties": TEXT_TEMPLATE,
        },
    ),
    "body": field("What is sent: text as it is, anything else as JSON.", TEMPLATE),
    "success": field(
        "Statuses that count as success; those of an async task are `[202]` unless it says others.",
        {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [STATUS_CODE, {"type": "string", "pattern": whole(SUCCESS)}]},
        },
        default=list(HttpActivity(url="").success),
        examples=[["2xx", 404]],
    ),
    "follow_redirects": field("Whether redirects are followed.", FLAG, default=False),
    "auth": field(
        "The name of a secret that is sent as `Authorization: Bearer`.",
        {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,127}$"},
    ),
}
HANDLER: Final[Mapping[str, Field]] = {
    "name": field("The name that the handler is registered under.", HANDLER_NAME),
    "input": field("What it is given; without it, the input of the execution.", TEMPLATE),
}
ACTIVITY: Final[Mapping[str, Field]] = {
    "http": field("An HTTP call.", to("http")),
    "handler": field("A Python function, by the name that it is registered under.", to("handler")),
}
RETRY: Final[Mapping[str, Field]] = {
    "max_attempts": field(
        "Calls in all, the first one counted; those lost with their process do not count. Of a compensation "
        f"it is {COMPENSATION_ATTEMPTS_MAX_DEFAULT} unless it says otherwise itself.",
        integer(1, ATTEMPTS_MAX),
        default=BUILT_IN.max_attempts,
    ),
    "initial": field("The first back-off.", DURATION, default=duration_text(BUILT_IN.initial_ms)),
    "multiplier": field(
        "How much longer each back-off is than the one before.",
        number(1, MULTIPLIER_MAX),
        default=BUILT_IN.multiplier,
    ),
    "max": field("The longest back-off.", DURATION, default=duration_text(BUILT_IN.max_ms)),
    "jitter": field(
        "The share of a back-off by which it is made longer or shorter.",
        number(0, 1),
        default=BUILT_IN.jitter,
    ),
    "on": field(
        "What is tried again: classes of failures, HTTP statuses, error codes.",
        {
            "type": "array",
            "items": {
                "anyOf": [
                    words(RETRY_CLASSES),
                    STATUS_CODE,
                    {"type": "string", "pattern": whole(STATUS, ERROR_CODE)},
                ]
            },
        },
        default=list(BUILT_IN.on),
        examples=[["unknown", "connection", 429, "5xx", "OutOfStock"]],
    ),
}
CALLBACK: Final[Mapping[str, Field]] = {
    "timeout": field("How long one attempt awaits its callback, counted from its start.", DURATION),
    "fail_when": field("A callback of which this holds is a failure; it is asked first.", CONDITION),
    "success_when": field("A callback of which this does not hold is a failure.", CONDITION),
}
COMPENSATE: Final[Mapping[str, Field]] = {
    **ACTIVITY,
    "retry": field("How often the undo is tried.", to("retry")),
    "unknown": field(
        "What is done instead when the outcome is unknown and the undo needs it.", to("activity")
    ),
}
HOOK: Final[Mapping[str, Field]] = {**ACTIVITY, "retry": field("How often the hook is tried.", to("retry"))}
POLICIES: Final[Mapping[str, Field]] = {
    "timeout": field(
        "How long one attempt's call may take.", DURATION, default=duration_text(TIMEOUT_MS_DEFAULT)
    ),
    "retry": field("How often and when a failed attempt is made again.", to("retry")),
    "on_unknown": field(
        "What follows an attempt of which nobody knows what became of it.", words(ON_UNKNOWN), default="retry"
    ),
    "callback": field("What ends an async task.", to("callback")),
}


def _with_activity(title: str, meaning: str, fields: Mapping[str, Field]) -> dict[str, Json]:
    return {**closed(title, meaning, fields), **one_of(*READERS)}


ACTIVITY_DEFINITIONS: Final[dict[str, Json]] = {
    "http": {
        **closed(
            "HTTP call", "Method, URL, query, headers, body, and what counts as success.", HTTP, ["url"]
        ),
        "examples": [
            {"method": "POST", "url": "http://inventory/reserve", "body": {"sku": "{{ input.sku }}"}}
        ],
    },
    "handler": {
        "title": "Handler",
        "description": "The name of a Python function, or its name and what it is given.",
        "type": ["string", "object"],
        "if": {"type": "object"},
        "then": closed("Handler with an input", "A handler and what it is given.", HANDLER, ["name"]),
        "else": HANDLER_NAME,
        "examples": ["orders.reserve", {"name": "orders.reserve", "input": {"sku": "{{ input.sku }}"}}],
    },
    "retry": {
        **closed("Retry", "Field by field over `defaults.retry`, and that over what is built in.", RETRY),
        "examples": [{"max_attempts": 5, "initial": "200ms", "max": "30s", "on": ["unknown", "5xx"]}],
    },
    "callback": closed("Callback", "What ends an async task: `timeout` here or in `defaults`.", CALLBACK),
    "compensate": _with_activity("Compensation", "What undoes the node if its scope fails.", COMPENSATE),
    "hook": _with_activity("Hook", "The last activity of a run; its failure is only a warning.", HOOK),
    "activity": _with_activity("Activity", "One activity, without policies of its own.", ACTIVITY),
}
