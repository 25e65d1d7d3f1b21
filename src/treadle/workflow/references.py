"""What is read when an execution runs: it prints as a template, and stands in conditions as `var`."""

import json
import re
from typing import Final, NoReturn, TypeAlias

from treadle.model.json import Json
from treadle.workflow.errors import misused
from treadle.workflow.operands import NOWHERE, Operand, Origins

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HYPHENATED: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
KEYWORDS: Final = frozenset({"true", "false", "null", "in"})
"""What CEL does not take as the name of a field."""
CEL_SPEC: Final = "cel"
OWN_ID: Final = "$this"
"""Stands for the id of a node that has no name yet; ids that begin with `$` are reserved."""
Segments: TypeAlias = tuple[str | int, ...]


class Read(Operand):
    """Something that is read when an execution runs.

    In a text it prints as a template, `{{ nodes.charge.output.id }}`, and with the format `:cel` as it is
    written in CEL.
    """

    __slots__ = ("_origins", "_segments")

    def __init__(self, *segments: str | int, origins: Origins = NOWHERE) -> None:
        self._segments = segments
        self._origins = origins

    @property
    def _logic(self) -> Json:
        names = [str(segment) for segment in self._segments]
        if any("." in name or not name for name in names):
            return {"val": names}
        return {"var": ".".join(names)}

    @property
    def _from(self) -> Origins:
        return self._origins

    def _inner(self, *more: str | int) -> "Reference":
        return Reference(*self._segments, *more, origins=self._origins)

    def __str__(self) -> str:
        return f"{{{{ {_template_path(self._segments)} }}}}"

    def __format__(self, spec: str) -> str:
        if spec == CEL_SPEC:
            return _cel_path(self._segments)
        if spec:
            raise TypeError(f"{self!r} has no value before an execution runs that `:{spec}` could format")
        return str(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {_template_path(self._segments)}>"

    def __iter__(self) -> NoReturn:
        raise TypeError(f"{self!r} has no items before an execution runs: go over them with `w.each`")

    def __contains__(self, item: object) -> NoReturn:
        raise TypeError(f"{self!r} has no items before an execution runs: write `in_(item, list)`")


class Reference(Read):
    """What may have fields and items of any name: `order.lines[0].sku`, `order["the-key"]`.

    A field whose name begins with `_` is written in brackets.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> "Reference":
        if name.startswith("_"):
            raise AttributeError(f'a field that begins with `_` is written in brackets: ["{name}"]')
        return self._inner(name)

    def __getitem__(self, key: str | int) -> "Reference":
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise TypeError(f"a field is a text and an index a number, not a {type(key).__name__}")
        if isinstance(key, int) and key < 0:
            raise misused(f"an index counts from 0: there is no [{key}]")
        return self._inner(key)


class ResponseRead(Read):
    """The answer of an HTTP call, as `charge.response`; of an async task, that of its trigger."""

    __slots__ = ()

    @property
    def status(self) -> Reference:
        return self._inner("status")

    @property
    def headers(self) -> Reference:
        return self._inner("headers")

    @property
    def body(self) -> Reference:
        return self._inner("body")


class ExecutionRead(Read):
    """The execution itself."""

    __slots__ = ()

    @property
    def id(self) -> Reference:
        return self._inner("id")

    @property
    def business_key(self) -> Reference:
        return self._inner("business_key")

    @property
    def run(self) -> Reference:
        return self._inner("run")

    @property
    def started_at(self) -> Reference:
        return self._inner("started_at")


class FailureRead(Read):
    """What failed: in a `catch` and in `on_failure`."""

    __slots__ = ()

    @property
    def kind(self) -> Reference:
        return self._inner("kind")

    @property
    def code(self) -> Reference:
        return self._inner("code")

    @property
    def message(self) -> Reference:
        return self._inner("message")

    @property
    def path(self) -> Reference:
        return self._inner("path")

    @property
    def attempt(self) -> Reference:
        return self._inner("attempt")


class Cel:
    """An expression of CEL: in a template it stands in braces, as a condition it is the text itself."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return f"{{{{ {self.text} }}}}"

    def __repr__(self) -> str:
        return f"cel({self.text!r})"


def cel(text: str) -> Cel:
    """An expression of CEL; references are put into it by `f"{order.total:cel}"`."""
    return Cel(text)


def _template_path(segments: Segments) -> str:
    """The path as templates write it, in which the ids of nodes may have hyphens."""
    return str(segments[0]) + "".join(
        _step(segment, HYPHENATED if at == 1 and segments[0] == "nodes" else NAME)
        for at, segment in enumerate(segments[1:], start=1)
    )


def _cel_path(segments: Segments) -> str:
    """The path as CEL writes it, in which they may not."""
    return str(segments[0]) + "".join(map(_cel_step, segments[1:]))


def _cel_step(segment: str | int) -> str:
    if segment == OWN_ID:
        # With other quotes than in a template, since the name will be written otherwise as well.
        return f"['{OWN_ID}']"
    return f"[{json.dumps(segment)}]" if segment in KEYWORDS else _step(segment, NAME)


def _step(segment: str | int, plain: re.Pattern[str]) -> str:
    if isinstance(segment, int):
        return f"[{segment}]"
    return f".{segment}" if plain.fullmatch(segment) else f"[{json.dumps(segment, ensure_ascii=False)}]"
