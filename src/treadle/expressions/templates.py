"""A JSON value with templates becomes one closure; what is fixed in it is never touched again."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from treadle.expressions.braces import OPENING
from treadle.expressions.cel.evaluation import Evaluation
from treadle.expressions.compiled import NOTHING, Compiled, Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import Holed
from treadle.expressions.places import Place
from treadle.expressions.pointers import escaped
from treadle.expressions.texts import Built as Text
from treadle.expressions.texts import compile_string
from treadle.expressions.weighing import UNWEIGHED_MAX, weighed
from treadle.model.errors import Fault
from treadle.model.expression import Expression, Roots
from treadle.model.json import Json

FAULTS_MAX: Final = 1_000
"""Faults in one value after which no more are looked for."""
NESTING: Final = (str, dict, list)
"""Types of values in which a template may stand."""
Built: TypeAlias = Compiled | Constant
Nested: TypeAlias = Callable[[Json, str], Built]


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled value. `value` has null where a text with holes stands; `holed` are those, by pointer.

    `computed` is how many of the texts have CEL in them.
    """

    value: Expression
    holed: tuple[tuple[str, Holed], ...] = ()
    computed: int = 0

    @property
    def reads(self) -> frozenset[tuple[str, ...]]:
        if not self.holed:
            return self.value.reads
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
    metered = built if builder.computed < 2 else _metered(built)
    is_weighed = builder.expressions > UNWEIGHED_MAX
    whole = weighed(metered) if is_weighed else metered
    return Template(value=whole, holed=tuple(builder.holed), computed=builder.computed)


def _metered(built: Built) -> Compiled:
    """The value, with one budget for all that is computed in it."""
    return Compiled(lambda roots: built(Evaluation.over(roots)), built.reads, is_computed=True)


class Builder:
    """Builds one value; keeps what it comes upon on the way."""

    def __init__(self, place: Place) -> None:
        self.faults: list[Fault] = []
        self.holed: list[tuple[str, Holed]] = []
        self.expressions = 0
        self.computed = 0
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

    def compiled(self, text: str, pointer: str) -> Text:
        """One text; another language of templates compiles it otherwise."""
        return compile_string(text, self._place, pointer)

    def _build_text(self, text: str, pointer: str) -> Built:
        self.expressions += OPENING in text
        try:
            built = self.compiled(text, pointer)
        except InvalidExpression as error:
            self.faults.extend(error.faults)
            return Constant(text)
        if not isinstance(built, Constant):
            self.computed += built.is_computed
        if not isinstance(built, Holed):
            return built
        self.holed.append((pointer, built))
        return Constant(None)


def _build_object(value: dict[str, Json], pointer: str, build: Nested) -> Built:
    fixed: dict[str, Json] = {}
    moving: list[tuple[str, Compiled]] = []
    for key, nested in value.items():
        if isinstance(nested, NESTING):
            part = build(nested, f"{pointer}/{escaped(key)}")
            if isinstance(part, Compiled):
                moving.append((key, part))
                fixed[key] = None
            else:
                fixed[key] = part.value
        else:
            fixed[key] = nested
    if not moving:
        return Constant(fixed)
    evaluated = [(key, part.evaluate) for key, part in moving]

    def render(roots: Roots) -> Json:
        rendered = fixed.copy()
        for key, evaluate in evaluated:
            rendered[key] = evaluate(roots)
        return rendered

    return Compiled(render, NOTHING.union(*[part.reads for _, part in moving]))


def _build_list(value: list[Json], pointer: str, build: Nested) -> Built:
    fixed: list[Json] = []
    moving: list[tuple[int, Compiled]] = []
    for index, nested in enumerate(value):
        part = build(nested, f"{pointer}/{index}") if isinstance(nested, NESTING) else Constant(nested)
        if isinstance(part, Compiled):
            moving.append((index, part))
            fixed.append(None)
        else:
            fixed.append(part.value)
    if not moving:
        return Constant(fixed)
    evaluated = [(index, part.evaluate) for index, part in moving]

    def render(roots: Roots) -> Json:
        rendered = fixed.copy()
        for index, evaluate in evaluated:
            rendered[index] = evaluate(roots)
        return rendered

    return Compiled(render, NOTHING.union(*[part.reads for _, part in moving]))


def _faults_of_keys(value: dict[str, Json], pointer: str) -> list[Fault]:
    message = "a key is taken as it is written: a template may stand in values only"
    return [
        Fault(pointer=f"{pointer}/{escaped(key)}", code="unsupported_expression", message=message)
        for key in value
        if OPENING in key
    ]


def _has_opening(value: Json) -> bool:
    """Whether a template stands anywhere in a value: most have none and need no closure."""
    if isinstance(value, str):
        return OPENING in value
    if isinstance(value, dict):
        for key, nested in value.items():
            if OPENING in key or (isinstance(nested, NESTING) and _has_opening(nested)):
                return True
        return False
    return isinstance(value, list) and any(_has_opening(nested) for nested in value)
