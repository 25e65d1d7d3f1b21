"""A JSON value with templates becomes one closure; what is fixed in it is never touched again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from treadle.expressions.braces import OPENING
from treadle.expressions.compiled import NOTHING, Compiled, Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import Holed
from treadle.expressions.places import Place
from treadle.expressions.pointers import escaped
from treadle.expressions.texts import compile_string
from treadle.expressions.weighing import UNWEIGHED_MAX, weighed
from treadle.model.errors import Fault
from treadle.model.expression import Expression, Roots
from treadle.model.json import Json

FAULTS_MAX: Final = 1_000
"""Faults in one value after which no more are looked for."""
Built: TypeAlias = Compiled | Constant
Nested: TypeAlias = Callable[[Json, str], Built]


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled value. `value` has null where a text with holes stands; `holed` are those, by pointer."""

    value: Expression
    holed: tuple[tuple[str, Holed], ...] = ()

    @property
    def reads(self) -> frozenset[tuple[str, ...]]:
        return self.value.reads.union(*(text.reads for _, text in self.holed))


def compile_template(value: Json, place: Place, pointer: str = "") -> Expression:
    """Compile a value in which any string may hold templates; `pointer` is where it stands.

    It is for places without holes.

    Raises:
        InvalidExpression: with every fault in it.
    """
    return compile_holed(value, place, pointer).value


def compile_holed(value: Json, place: Place, pointer: str = "") -> Template:
    """Compile a value of a request, in which texts may have holes.

    Raises:
        InvalidExpression: with every fault in it.
    """
    if not _has_opening(value):
        return Template(value=Constant(value))
    builder = Builder(place)
    built = builder.build(value, pointer)
    if builder.faults:
        raise InvalidExpression(tuple(builder.faults))
    is_weighed = builder.expressions > UNWEIGHED_MAX
    return Template(value=weighed(built) if is_weighed else built, holed=tuple(builder.holed))


class Builder:
    """Builds one value; keeps what it comes upon on the way."""

    def __init__(self, place: Place) -> None:
        self.faults: list[Fault] = []
        self.holed: list[tuple[str, Holed]] = []
        self.expressions = 0
        self._place = place

    def build(self, value: Json, pointer: str) -> Built:
        """The closure of a value that stands at `pointer`."""
        if len(self.faults) >= FAULTS_MAX:
            return Constant(value)
        if isinstance(value, str):
            return self._build_text(value, pointer)
        if isinstance(value, dict):
            self.faults.extend(_faults_of_keys(value, pointer))
            return _build_object(value, pointer, self.build)
        if isinstance(value, list):
            return _build_list(value, pointer, self.build)
        return Constant(value)

    def _build_text(self, text: str, pointer: str) -> Built:
        self.expressions += OPENING in text
        try:
            built = compile_string(text, self._place, pointer)
        except InvalidExpression as error:
            self.faults.extend(error.faults)
            return Constant(text)
        if not isinstance(built, Holed):
            return built
        self.holed.append((pointer, built))
        return Constant(None)


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
