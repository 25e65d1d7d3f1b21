"""What a Trama document reads of its steps: `nodes`, `prev`, `step` and `steps`."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import UNSET

from treadle.expressions.feeding import walk_or_unset
from treadle.expressions.mustache_standpoint import Lookup, Path, Read, Saga, Standpoint, Step, Unset, never
from treadle.expressions.nearest import quoted
from treadle.model.expression import ExpressionError, Roots
from treadle.model.json import Json

OF_A_STEP: Final = ("index", "name", "body", "up", "down")
INDEX_DIGITS_MAX: Final = 9


def find_node(rest: Path, stand: Standpoint) -> Lookup:
    """`nodes.<step>.response.body`; of an async step it is the body of its callback."""
    segments = ("nodes", *rest)
    if not rest:
        return _of_all(rest, stand, lambda entries: {one["name"]: _as_node(one["body"]) for one in entries})
    step, deeper = step_of(rest, stand.saga)
    if step is None:
        return _unknown(segments, rest[0], stand)
    why = _why_unset(step, stand)
    if why is None and not _leads_along(deeper, ("response", "body")):
        why = "of a step there is `response.body` and nothing else"
    return never(segments, why) if why is not None else _of_answer((step,), deeper, 2, _as_node, stand)


def find_previous(rest: Path, stand: Standpoint) -> Lookup:
    """`prev.body`: the answer of the step that was completed last, on the path that was taken."""
    segments = ("prev", *rest)
    if not _leads_along(rest, ("body",)):
        return never(segments, "`prev` has a `body` and nothing else")
    if stand.undone is not None:
        candidates: tuple[Step, ...] = (stand.undone,)
    else:
        candidates = tuple(step for step in stand.last if step != stand.itself)
    if not candidates:
        return never(segments, "no step has been completed by then")
    return _of_answer(candidates, rest, 1, _as_previous, stand)


def find_step(rest: Path, stand: Standpoint) -> Lookup:
    """`step.<index or name>.body` and the like; a name is looked for first."""
    if not rest:
        return _of_all(rest, stand, _by_index_and_name)
    step, deeper = step_of(rest, stand.saga)
    if step is not None:
        return _of_one(step, deeper, ("step", *rest), stand)
    index = _index(rest[0])
    if index is None:
        return _unknown(("step", *rest), rest[0], stand)
    return _at_index(index, rest, "step", stand)


def find_steps(rest: Path, stand: Standpoint) -> Lookup:
    """`steps`: all that were completed by then, in their order."""
    index = _index(rest[0]) if rest else None
    return _of_all(rest, stand, list) if index is None else _at_index(index, rest, "steps", stand)


def step_of(segments: Path, saga: Saga) -> tuple[Step | None, Path]:
    """The step that a path begins with, whose name may have dots in it, and the rest of the path."""
    for length in range(len(segments), 0, -1):
        step = saga.by_name.get(".".join(segments[:length]))
        if step is not None:
            return step, segments[length:]
    return None, segments


def _at_index(index: int, rest: Path, root: str, stand: Standpoint) -> Lookup:
    """What is read of the step that was completed as that one; in a sequence it is known which."""
    if not stand.saga.is_sequence:
        return _of_all(rest, stand, list)
    if index >= len(stand.saga.steps):
        return never((root, *rest), f"there are {len(stand.saga.steps)} steps, counted from 0")
    return _of_one(stand.saga.steps[index], rest[1:], (root, *rest), stand)


def _of_one(step: Step, deeper: Path, segments: Path, stand: Standpoint) -> Lookup:
    """What is read of one step by `step`."""
    why = _why_unset(step, stand)
    field = deeper[0] if deeper else None
    if why is None and field is not None and field not in OF_A_STEP:
        why = f"a step has {', '.join(OF_A_STEP)}"
    if why is None and field == "down":
        why = "what a compensation answers is not kept for templates"
    if why is not None:
        return never(segments, why)
    if field in {"body", "up"}:
        return _of_answer((step,), deeper, 1 if field == "body" else 2, _as_entry, stand)
    return _of_all((step.name, *deeper), stand, _by_name)


def _of_answer(
    candidates: tuple[Step, ...], rest: Path, depth: int, around: Callable[[Json], Json], stand: Standpoint
) -> Lookup:
    """What stands under `rest` in what is put `around` an answer, which itself stands at `depth`."""
    answer = _answer(candidates[0], stand) if len(candidates) == 1 else _newest(candidates)

    def read(roots: Roots) -> Json:
        found = answer(roots)
        return UNSET if found is UNSET else walk_or_unset(around(found), rest)

    paths = tuple(("nodes", step.node, "output", *rest[depth:]) for step in candidates)
    return Lookup(read=read, paths=paths, is_exact=len(rest) >= depth)


def _answer(step: Step, stand: Standpoint) -> Read:
    """The answer of a step: its output.

    Of the step that is undone it has to be there: an undo that cannot be asked for is left to a person.
    """
    node = step.node
    if step != stand.undone:
        return lambda roots: roots.node(node, "output")

    def read(roots: Roots) -> Json:
        value = roots.node(node, "output")
        if value is UNSET:
            message = f"the answer of {quoted(step.name)} is not known: it cannot be undone by it"
            raise ExpressionError("missing_variable", message)
        return value

    return read


def _newest(candidates: Sequence[Step]) -> Read:
    """The answer of the one that was completed last."""

    def read(roots: Roots) -> Json:
        closed = ((roots.node(step.node, "closed"), step.node) for step in candidates)
        last = max((found for found in closed if found[0] is not UNSET), default=None)
        return UNSET if last is None else roots.node(last[1], "output")

    return read


def _of_all(rest: Path, stand: Standpoint, arranged: Callable[[list[Json]], Json]) -> Lookup:
    """What is read of all steps completed by then, in their order."""
    steps = tuple(step for step in stand.saga.steps if _why_unset(step, stand) is None)

    def read(roots: Roots) -> Json:
        return walk_or_unset(arranged(list(_entries(steps, stand, roots))), rest)

    paths = tuple(("nodes", step.node, "output") for step in steps)
    return Lookup(read=read, paths=paths)


def _entries(steps: Sequence[Step], stand: Standpoint, roots: Roots) -> Iterator[Json]:
    """`{index, name, body, up, down}` of each step; the one that is undone was completed just now."""
    closed = [(roots.node(step.node, "closed"), step) for step in steps if step != stand.undone]
    done = sorted((seq, step.node, step.name) for seq, step in closed if seq is not UNSET)
    found = [(node, name) for _, node, name in done]
    if stand.undone is not None:
        found.append((stand.undone.node, stand.undone.name))
    for index, (node, name) in enumerate(found):
        body = roots.node(node, "output")
        yield {"index": index, "name": name, **_as_entry(None if body is UNSET else body)}


def _as_previous(body: Json) -> Json:
    return {"body": body}


def _as_entry(body: Json) -> Json:
    return {"body": body, "up": {"body": body}, "down": {"body": None}}


def _as_node(body: Json) -> Json:
    return {"response": {"body": body}}


def _by_name(entries: list[Json]) -> Json:
    return {entry["name"]: entry for entry in entries}


def _by_index_and_name(entries: list[Json]) -> Json:
    return {str(entry["index"]): entry for entry in entries} | _by_name(entries)


def _unknown(segments: Path, name: str, stand: Standpoint) -> Lookup:
    why = f"{quoted('.'.join(segments))}: there is no step {quoted(name)}"
    return Lookup(unset=Unset(why=why, word=name, known=stand.saga.by_name.keys()))


def _why_unset(step: Step, stand: Standpoint) -> str | None:
    """Why the answer of a step is never there, None if it may be."""
    if step == stand.undone or (step != stand.itself and stand.may_have_run(step.node)):
        return None
    if step == stand.itself:
        return f"{quoted(step.name)} is this step itself, which has no answer before it is asked"
    if stand.undone is None:
        return f"{quoted(step.name)} cannot have run by then"
    own = quoted(stand.undone.name)
    return f"{quoted(step.name)} cannot have run when this is made ready: as soon as {own} is done"


def _leads_along(rest: Path, path: Path) -> bool:
    """Whether the two are the same, as far as both go."""
    return all(mine == other for mine, other in zip(rest, path, strict=False))


def _index(text: str) -> int | None:
    is_index = text.isascii() and text.isdigit() and len(text) <= INDEX_DIGITS_MAX
    return int(text) if is_index else None
