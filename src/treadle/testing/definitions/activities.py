"""Tasks with all that belongs to them, as documents write them."""

from typing import Final

from treadle.model.json import Json
from treadle.testing.definitions.pen import LONG, SHORT, Pen, Spot

Fields = dict[str, Json]
RETRIED_ON: Final[tuple[Json, ...]] = (
    ["unknown", "connection", 429, "5xx"],
    ["all"],
    ["error", "callback", "Declined"],
    [],
)
BODY_SCHEMAS: Final[tuple[Json, ...]] = ({"type": "object"}, True, {"required": ["number"]})
HOOKS: Final = ("on_success", "on_failure", "on_cancel")


def activity(pen: Pen, spot: Spot, *, is_async: bool = False) -> Fields:
    """One activity: a handler or an HTTP call."""
    if pen.chance():
        name = pen.choose(("charge", "mail.send"))
        return {"handler": name if pen.chance() else {"name": name, "input": pen.template(spot)}}
    address = pen.choose(("http://svc/charge", "http://svc/{{ input.order }}", "https://svc:8443/a?b=1"))
    http: Fields = {"method": pen.choose(("POST", "GET", "DELETE")), "url": address}
    if pen.chance():
        http["headers"] = {"X-Order": pen.text(spot)}
    if pen.chance():
        http["body"] = {"reply_to": "{{ callback.url }}"} if is_async else pen.template(spot)
    if pen.chance():
        http["success"] = ["2xx", 404]
    return {"http": http}


def retry(pen: Pen) -> Fields:
    """Some of the fields of `retry`."""
    fields: Fields = {"max_attempts": pen.number(1, 4)}
    if pen.chance():
        fields |= {"initial": "10ms", "multiplier": 2, "max": pen.choose(SHORT[1:]), "jitter": 0.5}
    if pen.chance():
        fields["on"] = pen.choose(RETRIED_ON)
    return fields


def compensate(pen: Pen, spot: Spot, own: str) -> Fields:
    """An undo by the key, by the answer, or by either."""
    undo: Fields = {"handler": {"name": "undo", "input": f"{{{{ nodes.{own}.idempotency_key }}}}"}}
    if pen.chance():
        undo = {"handler": {"name": "undo", "input": f"{{{{ nodes.{own}.output.id }}}}"}}
        undo["unknown"] = activity(pen, spot)
    if pen.chance():
        undo["retry"] = retry(pen)
    return undo


def task(pen: Pen, spot: Spot) -> Fields:
    """A task of either mode with some of its fields."""
    own = pen.name()
    is_async = pen.choose((False, False, True))
    fields: Fields = {"id": own, "kind": "task", **activity(pen, spot, is_async=is_async)}
    if is_async:
        fields |= {"mode": "async", "callback": callback(pen)}
    if spot.is_undone and pen.chance():
        fields["compensate"] = compensate(pen, spot, own)
    if pen.chance():
        fields |= {"timeout": pen.choose(LONG), "retry": retry(pen)}
    if pen.chance():
        fields["on_unknown"] = pen.choose(("retry", "pause", "compensate", "fail"))
    if pen.choose((False, False, True)):
        fields["probe"] = activity(pen, spot)
    if pen.choose((False, False, True)):
        fields["output"] = {"id": "{{ body }}", "status": "{{ status }}"}
    return fields


def callback(pen: Pen) -> Fields:
    """How long it is awaited, and what it has to say."""
    fields: Fields = {"timeout": pen.choose(LONG)}
    if pen.chance():
        fields["fail_when"] = {"==": [{"var": "body.is_denied"}, True]}
    if pen.chance():
        fields["success_when"] = {"!": [{"var": "body.is_denied"}]}
    return fields


def child(pen: Pen, spot: Spot) -> Fields:
    """A child execution, awaited or not."""
    own = pen.name()
    fields: Fields = {"id": own, "kind": "child", "definition": pen.choose(("part", "part@1"))}
    if pen.chance():
        fields["input"] = pen.template(spot)
    if pen.chance():
        fields["mode"] = "detach"
    elif spot.is_undone and pen.chance():
        fields["compensate"] = compensate(pen, spot, own)
    return fields


def hooks(pen: Pen, spot: Spot) -> Fields:
    """Some of the hooks."""
    return {hook: {**activity(pen, spot), "retry": retry(pen)} for hook in HOOKS if pen.chance()}
