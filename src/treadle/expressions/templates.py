"""A JSON value with templates becomes one closure; what is fixed in it is never touched again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from treadle.expressions.compiled import NOTHING, Compiled, Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import OPENING
from treadle.expressions.places import Place
from treadle.expressions.pointers import escaped
from treadle.expressions.texts import compile_string
from treadle.expressions.weighing import UNWEIGHED_HOLES_MAX, weighed
from treadle.model.errors import Fault
from treadle.model.expression import Expression, Roots
from treadle.model.json import Json

FAULTS_MAX: Final = 1_000
"""Faults in one value after which no more are looked for."""
Built: TypeAlias = Compiled | Constant
Nested: TypeAlias = Callable[[Json, str], Built]


def compile_template(value: Json, place: Place, pointer: str = "") -> Expression:
    """Compile a value in which any string may hold templates; `pointer` is where it stands.

    Raises:
        InvalidExpression: with every fault in it.
    """
    if not _has_opening(value):
        return Constant(value)
    faults: list[Fault] = []
    holes = 0

    def build(nested: Json, at: str) -> Built:
        nonlocal holes
        if len(faults) >= FAULTS_MAX:
            return Constant(nested)
        if isinstance(nested, str):
            holes += OPENING in nested
            try:
                return compile_string(nested, place, at)
            except InvalidExpression as error:
                faults.extend(error.faults)
                return Constant(nested)
        if isinstance(nested, dict):
            faults.extend(_faults_of_keys(nested, at))
            return _build_object(nested, at, build)
        if isinstance(nested, list):
            return _build_list(nested, at, build)
        return Constant(nested)

    built = build(value, pointer)
    if faults:
        raise InvalidExpression(tuple(faults))
    return weighed(built) if holes > UNWEIGHED_HOLES_MAX else built


def _build_object(value: dict[str, Json], pointer: str, build: Nested) -> Built:
    built = {key: build(nested, f"{pointer}/{escaped(key)}") for key, nested in value.items()}
    fixed = {key: part.value if isinstance(part, Constant) else None for key, part in built.items()}
    moving = [(key, part) for key, part in built.items() if isinstance(part, Compiled)]
    if not moving:
        return Constant(fixed)

    def render(roots: Roots) -> Json:
        rendered = fixed.copy()
        for key, part in moving:
            rendered[key] = part(roots)
        return rendered

    return Compiled(render, _reads(part for _, part in moving))


def _build_list(value: list[Json], pointer: str, build: Nested) -> Built:
    built = [build(nested, f"{pointer}/{index}") for index, nested in enumerate(value)]
    fixed = [part.value if isinstance(part, Constant) else None for part in built]
    moving = [(index, part) for index, part in enumerate(built) if isinstance(part, Compiled)]
    if not moving:
        return Constant(fixed)

    def render(roots: Roots) -> Json:
        rendered = fixed.copy()
        for index, part in moving:
            rendered[index] = part(roots)
        return rendered

    return Compiled(render, _reads(part for _, part in moving))


def _reads(parts: Iterable[Compiled]) -> frozenset[tuple[str, ...]]:
    return NOTHING.union(*(part.reads for part in parts))


def _faults_of_keys(value: dict[str, Json], pointer: str) -> Iterator[Fault]:
    for key in value:
        if OPENING in key:
            message = "a key is taken as it is written: a template may stand in values only"
            yield Fault(pointer=f"{pointer}/{escaped(key)}", code="unsupported_expression", message=message)


def _has_opening(value: Json) -> bool:
    """Whether a template stands anywhere in a value: most have none and need no closure."""
    if isinstance(value, str):
        return OPENING in value
    if isinstance(value, dict):
        return any(OPENING in key or _has_opening(nested) for key, nested in value.items())
    return isinstance(value, list) and any(_has_opening(nested) for nested in value)
