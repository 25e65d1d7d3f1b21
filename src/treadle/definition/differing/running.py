"""What keeps an execution that was started with the old definition from going on with the new one."""

from collections.abc import Callable, Iterator
from typing import Final

from treadle.definition.differing.accepting import takes_all
from treadle.definition.differing.codes import for_running
from treadle.definition.differing.difference import Reason
from treadle.definition.differing.nodes import PlacedNode, kind_of
from treadle.definition.differing.passing import missing_reads, missing_variables
from treadle.definition.differing.sides import Sides, renamed
from treadle.definition.differing.ways import strayed
from treadle.model.definition import HandlerActivity, Node, Parallel, Race, Task
from treadle.model.json import Json


def reasons_for_running(sides: Sides) -> Iterator[Reason]:
    """Every reason, the breaking ones among them those that an execution could trip over."""
    yield from _of_document(sides)
    yield from _of_removed(sides)
    for old, new in sides.kept:
        if kind_of(old.node) != kind_of(new.node):
            message = f"`{new.node.id}` was a {kind_of(old.node)} and is a {kind_of(new.node)}"
            yield for_running("kind_changed", message, new.pointer, new.node.id)
            continue
        for judge in JUDGES:
            yield from judge(old, new, sides)
    yield from _of_order(sides)
    yield from missing_reads(sides)
    yield from missing_variables(sides)
    for added in sides.added:
        message = f"executions that have passed the place of `{added.node.id}` do not enter it"
        yield for_running("node_added", message, added.pointer, added.node.id)


def _of_document(sides: Sides) -> Iterator[Reason]:
    old, new = sides.old, sides.new
    if old.name != new.name:
        message = f"`{old.name}` is called `{new.name}`: its executions belong to the old name"
        yield for_running("definition_renamed", message, "/name")
    if old.dialect is not new.dialect:
        message = f"templates were in the language `{old.dialect.value}` and are in `{new.dialect.value}`"
        yield for_running("dialect_changed", message, "")
    if not takes_all(_schema(new.input_schema), _schema(old.input_schema)):
        message = "the new schema is not known to take every input that the old one has taken"
        yield for_running("input_may_not_fit", message, "/input_schema")


def _schema(schema: Json | None) -> Json:
    return True if schema is None else schema


def _of_removed(sides: Sides) -> Iterator[Reason]:
    names = renamed(sides)
    for removed in sides.removed:
        name = removed.node.id
        if name in names:
            pointer = sides.new_nodes.nodes[names[name]].pointer
            message = (
                f"`{name}` is called `{names[name]}`: for an execution it is gone, and another one is new"
            )
            yield for_running("node_renamed", message, pointer, name)
        else:
            message = f"`{name}` is gone: an execution may stand at it, or have something of it to undo"
            yield for_running("node_removed", message, removed.pointer, name)


def _of_order(sides: Sides) -> Iterator[Reason]:
    strays = strayed(sides)
    for move in sides.moved:
        if (move.old.parent, move.old.body) != (move.new.parent, move.new.body):
            message = f"`{move.id}` stood in {_named(move.old)} and stands in {_named(move.new)}"
            yield for_running("node_moved", message, move.new.pointer, move.id)
        else:
            strays[move.id] = f"`{move.id}` stands elsewhere in its body"
    for node, message in strays.items():
        pointer = sides.new_nodes.nodes[node].pointer
        what = f"{message}: an execution may pass over a node, or run it twice"
        yield for_running("order_changed", what, pointer, node)


def _named(place: Json) -> str:
    return "the root body" if place.parent is None else f"the body `{place.body}` of `{place.parent}`"


def _compensation(old: PlacedNode, new: PlacedNode, sides: Sides) -> Iterator[Reason]:
    before, after = (getattr(one.node, "compensate", None) for one in (old, new))
    name, pointer = new.node.id, f"{new.pointer}/compensate"
    if before is None and after is not None:
        message = f"`{name}` is now undone: visits that have started have no undo registered"
        yield for_running("compensation_added", message, pointer, name)
    elif before is not None and after is None:
        message = f"`{name}` is no longer undone: what is armed has nothing to be undone by"
        yield for_running("compensation_removed", message, new.pointer, name)


def _activity(old: PlacedNode, new: PlacedNode, sides: Sides) -> Iterator[Reason]:
    before, after = _asked(old.node), _asked(new.node)
    if before != after:
        message = f"`{new.node.id}` asked for `{before}` and asks for `{after}`"
        yield for_running("activity_changed", message, new.pointer, new.node.id)


def _asked(node: Node) -> str | None:
    if not isinstance(node, Task):
        return None
    return "handler" if isinstance(node.activity, HandlerActivity) else "http"


def _mode(old: PlacedNode, new: PlacedNode, sides: Sides) -> Iterator[Reason]:
    found = sides.changed(new.node.id, "mode")
    if found is not None:
        message = f"the mode of `{new.node.id}` was `{found.old}` and is `{found.new}`"
        yield for_running("mode_changed", message, found.pointer, new.node.id)


def _wait(old: PlacedNode, new: PlacedNode, sides: Sides) -> Iterator[Reason]:
    if kind_of(new.node) != "wait":
        return
    for field in ("signal", "any", "all", "count"):
        found = sides.changed(new.node.id, field)
        if found is not None:
            message = f"`{new.node.id}` waits otherwise: one that is open goes on as it was opened"
            yield for_running("wait_changed", message, new.pointer, new.node.id)
            return


def _branches(old: PlacedNode, new: PlacedNode, sides: Sides) -> Iterator[Reason]:
    if not isinstance(old.node, Parallel | Race) or not isinstance(new.node, Parallel | Race):
        return
    before, after = ({branch.name for branch in one.branches} for one in (old.node, new.node))
    words = [f"without `{name}`" for name in sorted(before - after)]
    words += [f"with `{name}`" for name in sorted(after - before)]
    if words:
        message = f"`{new.node.id}` is now {' and '.join(words)}: one that runs has its branches already"
        yield for_running("branches_changed", message, f"{new.pointer}/branches", new.node.id)


def _items(old: PlacedNode, new: PlacedNode, sides: Sides) -> Iterator[Reason]:
    found = sides.changed(new.node.id, "on_item_failure")
    if found is not None:
        message = f"a failed item of `{new.node.id}` had `{found.old}` and has `{found.new}`"
        yield for_running("item_failure_changed", message, found.pointer, new.node.id)


JUDGES: Final[tuple[Callable[[PlacedNode, PlacedNode, Sides], Iterator[Reason]], ...]] = (
    _compensation,
    _activity,
    _mode,
    _wait,
    _branches,
    _items,
)
"""What is asked of a node that both have and that is of the same kind in both."""
