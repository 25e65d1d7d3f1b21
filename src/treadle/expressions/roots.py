"""What stands under each root: a path is checked against it before anything runs."""

from typing import Final

from treadle.expressions.faults import PathError
from treadle.expressions.meant import CONSTANTS, written
from treadle.expressions.nearest import quoted, suggestion
from treadle.expressions.places import CALLBACK, Place

ALIASES: Final = {"payload": "input"}
HOLE_ROOTS: Final = frozenset({"callback", "secrets"})
"""Roots that are filled in at sending."""
ANSWER: Final = "places where an answer is judged"
ELSEWHERE: Final = {
    "body": ANSWER,
    "status": "the `output` of a task",
    "headers": ANSWER,
    "failure": "a `catch` and the hook `on_failure`",
    "item": "the body of an `each`",
    "index": "the body of an `each` or a `loop`",
    "callback": "the request of an async task",
    "secrets": "what is sent: the requests of tasks, undos, probes and hooks",
}
INSTEAD: Final = {
    ("status", CALLBACK.name): "; a callback is a request, which has none: look at `body` or `headers`, and "
    "say with `success` which statuses of the call count",
}
"""What to do without a root in a place."""
NODE_FIELDS: Final = ("output", "response", "status", "attempts", "idempotency_key")
FIELDS: Final = {
    "execution": ("id", "business_key", "run", "started_at"),
    "failure": ("kind", "code", "message", "path", "attempt"),
    "callback": ("url", "token"),
}
RESPONSE_FIELDS: Final = ("status", "headers", "body")
NODE_DEPTH: Final = 2
"""Segments after `nodes` that name what is read: the id and the field."""

Segments = tuple[str | int, ...]


def checked_path(root: str, segments: Segments, place: Place) -> tuple[str, Segments]:
    """The path with its alias resolved and names of headers in lower case.

    Raises:
        PathError: the place has no such root, or the root no such field.
    """
    root = ALIASES.get(root, root)
    if root not in place.roots:
        raise _not_here(root, place)
    if root == "nodes":
        _check_node(segments)
        return root, (
            *segments[:NODE_DEPTH],
            *_lower_header(segments[NODE_DEPTH:], segments[1] == "response"),
        )
    if root in HOLE_ROOTS and (len(segments) != 1 or not isinstance(segments[0], str)):
        raise PathError("invalid_path", f"`{root}` is read one name deep: `{root}.<name>`", 0)
    if root in FIELDS and segments:
        _check_field(root, segments[0], FIELDS[root])
    if root == "headers":
        return root, _lower_first(segments)
    return root, segments


def _not_here(root: str, place: Place) -> PathError:
    if root in ELSEWHERE:
        instead = INSTEAD.get((root, place.name), "")
        message = f"`{root}` is not to be had in {place.name}, only in {ELSEWHERE[root]}{instead}"
        return PathError("misplaced_root", message, 0)
    if root in CONSTANTS:
        return PathError("unknown_root", f"there is no root `{root}`{written(CONSTANTS, root)}", 0)
    known = sorted(place.roots | ALIASES.keys())
    message = (
        f"there is no root {quoted(root)}{suggestion(root, known)} ({place.name} has {', '.join(known)})"
    )
    return PathError("unknown_root", message, 0)


def _check_node(segments: Segments) -> None:
    if len(segments) < NODE_DEPTH or not isinstance(segments[0], str):
        fields = ", ".join(NODE_FIELDS)
        raise PathError("invalid_path", f"a node is read as `nodes.<id>.<field>` with one of {fields}", 0)
    _check_field("nodes.<id>", segments[1], NODE_FIELDS)
    rest = segments[NODE_DEPTH:]
    if segments[1] == "response" and rest:
        _check_field("nodes.<id>.response", rest[0], RESPONSE_FIELDS)


def _check_field(of: str, field: str | int, known: tuple[str, ...]) -> None:
    if field not in known:
        word = str(field)
        message = f"`{of}` has no {quoted(word)}{suggestion(word, known)} (it has {', '.join(known)})"
        raise PathError("invalid_path", message, 0)


def _lower_header(rest: Segments, is_response: bool) -> Segments:
    if is_response and len(rest) > 1 and rest[0] == "headers":
        return (rest[0], *_lower_first(rest[1:]))
    return rest


def _lower_first(segments: Segments) -> Segments:
    if segments and isinstance(segments[0], str):
        return (segments[0].lower(), *segments[1:])
    return segments
