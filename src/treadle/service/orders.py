"""What a caller writes to start an execution, and what may stand in it."""

import re
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from treadle.definition.durations import parse_duration
from treadle.definition.instants import parse_instant
from treadle.model.errors import Fault, Rejected
from treadle.model.ids import ExecutionId, Instant
from treadle.model.json import Json

PRIORITY_MAX: Final = 100
BUSINESS_KEY_CHARS_MAX: Final = 512
LABELS_MAX: Final = 64
LABEL_CHARS_MAX: Final = 255
UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UUID_VERSION_AT: Final = 14
CHILD_UUID_VERSION: Final = "5"


SHORT_DURATION: Final = r"^([0-9]{1,12}ms|[0-9]{1,9}s|[0-9]{1,7}m|[0-9]{1,5}h|[0-9]{1,4}d)$"
"""Of those that are read, those that are short enough by the number of their digits."""
NO_NUL: Final = r"^[^\x00]*$"
"""NUL is text in JSON, but not in every store."""
# What the functions below check, and say better than a type can, is only described here.
_Uuid = Annotated[
    str,
    msgspec.Meta(
        description="A UUID of any version but 5: those are the ids of child executions.",
        extra_json_schema={"format": "uuid", "pattern": "^.{14}[^5]"},
    ),
]
_Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
_Deadline = Annotated[
    str,
    msgspec.Meta(
        description="An instant, or a duration from the start on.",
        extra_json_schema={"anyOf": [{"format": "date-time"}, {"pattern": SHORT_DURATION}]},
    ),
]
_BusinessKey = Annotated[
    str,
    msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": BUSINESS_KEY_CHARS_MAX, "pattern": NO_NUL}),
]
_Labels = Annotated[
    dict[str, Json],
    msgspec.Meta(
        extra_json_schema={
            "maxProperties": LABELS_MAX,
            "propertyNames": {"pattern": rf"^[^:\x00]{{1,{LABEL_CHARS_MAX}}}$"},
            "additionalProperties": {"type": "string", "maxLength": LABEL_CHARS_MAX, "pattern": NO_NUL},
        }
    ),
]


class InlineDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that comes with the start; it is kept by digest only."""

    document: Json


class BusinessKeyPolicy(StrEnum):
    """What a start does when an execution of its definition's name lives under its business key.

    allow: begin another one; reject: refuse; return: answer with the one that lives.
    """

    ALLOW = "allow"
    REJECT = "reject"
    RETURN = "return"


class StartOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller writes to start an execution. `definition` is a name, `name@version` or a document."""

    definition: str | InlineDefinition
    input: Json = {}
    business_key: _BusinessKey | None = None
    business_key_policy: BusinessKeyPolicy = BusinessKeyPolicy.ALLOW
    id: _Uuid | None = None
    priority: Annotated[int, msgspec.Meta(ge=-PRIORITY_MAX, le=PRIORITY_MAX)] | None = None
    labels: _Labels = {}
    start_at: _Instant | None = None
    deadline: _Deadline | None = None


def read_execution_id(text: str | None) -> ExecutionId | None:
    """The id that the caller chose, if any, in lower case.

    Raises:
        Rejected: `malformed_request`, it is no UUID, or it is one as the children of executions have.
    """
    if text is None:
        return None
    if UUID_TEXT.fullmatch(text.lower()) is None:
        raise _malformed("/id", "`id` is a UUID, as 0192f0c1-7a1e-7c3b-8f00-1b2c3d4e5f60")
    if text[UUID_VERSION_AT] == CHILD_UUID_VERSION:  # whoever knows the parent's can tell it beforehand
        raise _malformed(
            "/id", "`id` is a UUID of version 5, as child executions get: take one of version 4 or 7"
        )
    return ExecutionId(text.lower())


def read_business_key(text: str | None) -> str | None:
    """The caller's name for what the execution is about.

    Raises:
        Rejected: `malformed_request`, empty or too long.
    """
    if text is not None and not _is_text(text, BUSINESS_KEY_CHARS_MAX):
        raise _malformed("/business_key", f"`business_key` has 1 to {BUSINESS_KEY_CHARS_MAX} characters")
    return text


def read_business_key_policy(order: StartOrder) -> BusinessKeyPolicy:
    """The policy, which asks for a key to go by.

    Raises:
        Rejected: `malformed_request`, there is no business key.
    """
    policy = order.business_key_policy
    if policy is not BusinessKeyPolicy.ALLOW and order.business_key is None:
        raise _malformed("/business_key_policy", f"`{policy.value}` asks for a `business_key` to go by")
    return policy


def read_labels(given: dict[str, Json]) -> dict[str, str]:
    """The labels, each checked.

    Raises:
        Rejected: `malformed_request`, too many, or one that is none.
    """
    if len(given) > LABELS_MAX:
        raise _malformed("/labels", f"an execution has at most {LABELS_MAX} labels")
    for name, text in given.items():
        is_good = _is_text(name, LABEL_CHARS_MAX) and ":" not in name
        if not (is_good and isinstance(text, str) and _is_text(text, LABEL_CHARS_MAX, 0)):
            escaped = name.replace("~", "~0").replace("/", "~1")
            message = (
                f"a label is text under a name without `:`, each of at most {LABEL_CHARS_MAX} characters"
            )
            raise _malformed(f"/labels/{escaped}", message)
    return dict(given)


def _is_text(text: str, chars_max: int, chars_min: int = 1) -> bool:
    return chars_min <= len(text) <= chars_max and "\x00" not in text


def read_start_at(text: str | None) -> Instant | None:
    """The instant of the start, if it is not now.

    Raises:
        Rejected: `malformed_request`, it is no instant.
    """
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise _malformed("/start_at", str(error)) from error


def read_deadline(text: str | None) -> tuple[Instant | None, int | None]:
    """The deadline as an instant, or as a duration in milliseconds; two times None without one.

    Raises:
        Rejected: `malformed_request`, it is neither.
    """
    if text is None:
        return None, None
    try:
        return parse_instant(text), None
    except ValueError as no_instant:
        try:
            return None, parse_duration(text)
        except ValueError as no_duration:
            raise _malformed("/deadline", f"{no_instant}; or {no_duration}") from no_duration


def _malformed(pointer: str, message: str) -> Rejected:
    fault = Fault(pointer=pointer, code="invalid_value", message=message)
    return Rejected("malformed_request", message, (fault,))
