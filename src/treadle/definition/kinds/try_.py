"""`try`: a body whose failure is undone and may be caught, and what runs however it ends."""

from typing import Final

from msgspec import UNSET

from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_inner, read_inner_value
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.expressions.places import FAILURE_ROOTS
from treadle.model.definition import Body, Catch, Try
from treadle.model.execution import FailureKind
from treadle.model.json import Json

CAUGHT: Final = {kind.value: kind for kind in (FailureKind.ERROR, FailureKind.TIMEOUT, FailureKind.REJECTED)}
"""A cancel and a broken invariant are not for a definition to catch."""


def read_try(section: Section, head: Head, reading: Reading) -> Try:
    """Read a try with its bodies."""
    return Try(
        **head.fields,
        body=read_inner(section, head.outline, "try", reading),
        catches=tuple(
            _read_catch(Section.of(value, pointer, reading.faults, "a catch"), index, head, reading)
            for index, (value, pointer) in enumerate(section.list("catch"))
        ),
        finally_=_read_finally(section, head, reading),
    )


def _read_catch(section: Section, index: int, head: Head, reading: Reading) -> Catch:
    section.only(("on", *BODY_WORDS))
    on = _read_kinds(section) if section.has("on") else None
    return Catch(on=on, body=read_inner(section, head.outline, f"catch.{index}", reading, FAILURE_ROOTS))


def _read_kinds(section: Section) -> frozenset[FailureKind]:
    words = section.list("on")
    if section.raw("on") == []:
        message = "this catches nothing: leave `on` out to catch every failure"
        section.faults.error(section.at("on"), "invalid_value", message)
    return frozenset(CAUGHT[word] for word, pointer in words if _is_kind(word, pointer, section))


def _is_kind(word: Json, pointer: str, section: Section) -> bool:
    if isinstance(word, str) and word in CAUGHT:
        return True
    hint = section.faults.hint(str(word), CAUGHT)
    message = f"{quoted(str(word))} is no kind of failure that is caught: {', '.join(CAUGHT)}{hint}"
    section.faults.error(pointer, "invalid_value", message)
    return False


def _read_finally(section: Section, head: Head, reading: Reading) -> Body:
    value = section.raw("finally")
    if value is UNSET:
        return Body()
    return read_inner_value(value, section.at("finally"), head.outline, "finally", reading)


TRY: Final = KindReader(words=frozenset({"catch", "finally", *BODY_WORDS}), read=read_try)
