"""What the templates and conditions of a Trama document look at, in terms of the roots that there are.

A path is looked up before anything runs. What it gives at run time may be missing, which is no error there.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from treadle.expressions.faults import PathError
from treadle.expressions.feeding import walk_or_unset
from treadle.expressions.mustache_standpoint import Lookup, Path, Standpoint, Unset, never
from treadle.expressions.mustache_steps import find_node, find_previous, find_step, find_steps
from treadle.expressions.nearest import quoted
from treadle.model.expression import Roots
from treadle.model.json import Json
from treadle.model.requests import Hole

Finder: TypeAlias = Callable[[Path, Standpoint], Lookup]
HOLES: Final[Mapping[Path, str]] = {("callback", "url"): "url", ("callback", "token"): "token"}
HOLE_PATHS: Final = "`runtime.callback.url` and `runtime.callback.token`"


def look_up(segments: Path, stand: Standpoint) -> Lookup:
    """Look a path up.

    Raises:
        PathError: what it names has no value that could be printed.
    """
    root = segments[0]
    if root not in stand.roots:
        why = f"there is no {quoted(root)} in {stand.place}, which has {', '.join(stand.roots)}"
        return Lookup(unset=Unset(why=why, word=root, known=stand.roots))
    return FINDERS[root](segments[1:], stand)


def _find_input(rest: Path, stand: Standpoint) -> Lookup:
    return _of_root("input", rest)


def _find_saga_id(rest: Path, stand: Standpoint) -> Lookup:
    return _of_root("execution", ("id",)) if not rest else _too_deep("sagaId", rest)


def _of_root(root: str, rest: Path) -> Lookup:
    def read(roots: Roots) -> Json:
        return walk_or_unset(roots.root(root), rest)

    return Lookup(read=read, paths=((root, *rest),), is_exact=True)


def _constant(name: str, value: Callable[[Standpoint], str]) -> Finder:
    def find(rest: Path, stand: Standpoint) -> Lookup:
        if rest:
            return _too_deep(name, rest)
        text = value(stand)
        return Lookup(read=lambda _: text, text=text)

    return find


def _too_deep(root: str, rest: Path) -> Lookup:
    return never((root, *rest), f"`{root}` is a text, with nothing under it")


def _find_callback(rest: Path, stand: Standpoint) -> Lookup:
    """In a condition on a callback: `callback.body`."""
    if rest and rest[0] != "body":
        return never(("callback", *rest), "a callback has a `body` and nothing else")

    def read(roots: Roots) -> Json:
        return walk_or_unset({"body": roots.root("body")}, rest)

    return Lookup(read=read, paths=(("body", *rest[1:]),), is_exact=bool(rest))


def _find_runtime(rest: Path, stand: Standpoint) -> Lookup:
    segments, name = ("runtime", *rest), HOLES.get(rest)
    if name is None and rest not in {(), ("callback",)}:
        return never(segments, f"there are {HOLE_PATHS}")
    if not stand.has_callback:
        return never(segments, f"no callback is awaited of {stand.place}")
    if name is None:
        raise PathError("invalid_path", f"write {HOLE_PATHS} out: they are filled in at sending", 0)
    return Lookup(paths=(("callback", name),), hole=Hole(root="callback", name=name))


FINDERS: Final[Mapping[str, Finder]] = {
    "payload": _find_input,
    "input": _find_input,
    "nodes": find_node,
    "prev": find_previous,
    "step": find_step,
    "steps": find_steps,
    "sagaId": _find_saga_id,
    "sagaName": _constant("sagaName", lambda stand: stand.saga.name),
    "sagaVersion": _constant("sagaVersion", lambda stand: stand.saga.version),
    "stepName": _constant("stepName", lambda stand: stand.step_name),
    "phase": _constant("phase", lambda stand: stand.phase),
    "runtime": _find_runtime,
    "callback": _find_callback,
}
