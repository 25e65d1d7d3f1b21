"""What changes for those who start executions, send them signals, and read what comes of them."""

from collections.abc import Callable, Iterator
from typing import Final

from treadle.definition.differing.accepting import takes_all
from treadle.definition.differing.codes import for_new
from treadle.definition.differing.difference import Reason
from treadle.definition.differing.nodes import Placed, PlacedNode
from treadle.definition.differing.outputs import output_reasons
from treadle.definition.differing.sides import Sides
from treadle.model.definition import Activity, Child, Definition, Emit, HandlerActivity, Node, Task, Wait
from treadle.model.json import Json

HOOKS: Final = ("on_success", "on_failure", "on_cancel")
TIMES: Final = {"deadline": "deadline_changed", "priority": "priority_changed"}


def reasons_for_new(sides: Sides) -> Iterator[Reason]:
    """Every reason, the breaking ones among them those that a caller could trip over."""
    for judge in JUDGES:
        yield from judge(sides)


def _of_starts(sides: Sides) -> Iterator[Reason]:
    old, new = sides.old, sides.new
    if old.name != new.name:
        message = f"`{old.name}` is called `{new.name}`: who starts the old name does not start this"
        yield for_new("definition_renamed", message, "/name")
    if not takes_all(_schema(new.input_schema), _schema(old.input_schema)):
        message = "the new schema is not known to take every input that the old one takes"
        yield for_new("input_may_be_refused", message, "/input_schema")


def _schema(schema: Json | None) -> Json:
    return True if schema is None else schema


def _of_signals(sides: Sides) -> Iterator[Reason]:
    old, new = (_waits(side) for side in (sides.old_nodes, sides.new_nodes))
    for signal, before in old.items():
        if signal not in new:
            message = f"nothing waits for the signal `{signal}`: who sends it is refused"
            yield for_new("signal_removed", message, before[0].pointer, before[0].node.id)
        for wait in new.get(signal, ()):
            same = [one for one in before if one.node.id == wait.node.id]
            if not all(takes_all(_payload(wait), _payload(one)) for one in same or before):
                message = f"`{wait.node.id}` is not known to take every payload of `{signal}` as before"
                yield for_new("signal_may_be_refused", message, f"{wait.pointer}/schema", wait.node.id)


def _waits(side: Placed) -> dict[str, list[PlacedNode]]:
    """The waits of each signal."""
    found: dict[str, list[PlacedNode]] = {}
    for placed in side.nodes.values():
        if isinstance(placed.node, Wait):
            for signal in placed.node.signals:
                found.setdefault(signal, []).append(placed)
    return found


def _payload(wait: PlacedNode) -> Json:
    return wait.node.schema if isinstance(wait.node, Wait) else True


def _of_messages(sides: Sides) -> Iterator[Reason]:
    sent = {(emit.topic, emit.message_type) for _, emit in _emits(sides.new_nodes)}
    for placed, emit in _emits(sides.old_nodes):
        if (emit.topic, emit.message_type) not in sent:
            message = f"`{emit.message_type}` is no longer sent to `{emit.topic}`"
            yield for_new("message_removed", message, placed.pointer, emit.id)
    for _, emit in _emits(sides.new_nodes):
        found = sides.changed(emit.id, "data") or sides.changed(emit.id, "key")
        if found is not None:
            message = f"what `{emit.id}` sends as `{emit.message_type}` says something else"
            yield for_new("message_changed", message, found.pointer, emit.id)


def _emits(side: Placed) -> Iterator[tuple[PlacedNode, Emit]]:
    for placed in side.nodes.values():
        if isinstance(placed.node, Emit):
            yield placed, placed.node


def _of_called(sides: Sides) -> Iterator[Reason]:
    """Handlers and definitions that have to be there, and had not to be before."""
    old, new = (_handlers(sides.old, sides.old_nodes), _handlers(sides.new, sides.new_nodes))
    for name, pointer in new.items():
        if name not in old:
            message = f"the handler `{name}` is called, and was not before: it has to be registered"
            yield for_new("handler_added", message, pointer)
    run = {child.definition for _, child in _children(sides.old_nodes)}
    for placed, child in _children(sides.new_nodes):
        if child.definition not in run:
            message = f"`{child.definition}` is run, and was not before: it has to be stored"
            yield for_new("child_added", message, placed.pointer, child.id)


def _handlers(definition: Definition, side: Placed) -> dict[str, str]:
    """The handlers that are called, each with the pointer of the first that calls it."""
    calls = [(activity, placed.pointer) for placed in side.nodes.values() for activity in _asked(placed.node)]
    hooks = ((getattr(definition, field), f"/{field}") for field in HOOKS)
    calls += [(hook.activity, pointer) for hook, pointer in hooks if hook is not None]
    found: dict[str, str] = {}
    for activity, pointer in calls:
        if isinstance(activity, HandlerActivity):
            found.setdefault(activity.name, pointer)
    return found


def _asked(node: Node) -> Iterator[Activity]:
    if isinstance(node, Task):
        yield node.activity
        if node.probe is not None:
            yield node.probe.activity
    if isinstance(node, Task | Child) and node.compensate is not None:
        yield node.compensate.activity
        if node.compensate.unknown is not None:
            yield node.compensate.unknown


def _children(side: Placed) -> Iterator[tuple[PlacedNode, Child]]:
    for placed in side.nodes.values():
        if isinstance(placed.node, Child):
            yield placed, placed.node


def _of_compensations(sides: Sides) -> Iterator[Reason]:
    for old, new in sides.kept:
        before, after = (getattr(one.node, "compensate", None) for one in (old, new))
        if before is not None and after is None:
            message = f"what `{new.node.id}` does is no longer undone"
            yield for_new("compensation_removed", message, new.pointer, new.node.id)


def _of_document(sides: Sides) -> Iterator[Reason]:
    for field, code in TIMES.items():
        found = sides.changed(None, field)
        if found is not None:
            yield for_new(code, f"the {field} of the document is another", f"/{field}")
    for field in HOOKS:
        if sides.changed(None, field) is not None:
            yield for_new("hook_changed", f"`{field}` is another, or there is none", f"/{field}")


JUDGES: Final[tuple[Callable[[Sides], Iterator[Reason]], ...]] = (
    _of_starts,
    output_reasons,
    _of_signals,
    _of_messages,
    _of_called,
    _of_compensations,
    _of_document,
)
