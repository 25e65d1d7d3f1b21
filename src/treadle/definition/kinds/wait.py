"""`wait`: for one signal, the first of several, or each of several."""

from typing import Final

from msgspec import UNSET

from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading
from treadle.definition.schemas import schema_faults
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.model.definition import Wait
from treadle.model.ids import NAME
from treadle.model.waiting import WaitMode

MODES: Final = {"signal": WaitMode.ONE, "any": WaitMode.ANY, "all": WaitMode.ALL}
ON_TIMEOUT: Final = ("fail", "continue")
COUNT_MAX: Final = 1_000
"""Payloads that one wait collects."""
COUNT_OF_ALL: Final = (
    "`all` waits for each of its signals once: leave `count` out, or write `any` with `count` for so many "
    "payloads of any of them"
)
LATER: Final = frozenset({"message"})


def read_wait(section: Section, head: Head, reading: Reading) -> Wait:
    """Read a wait."""
    section.exclude(*MODES)
    written = [field for field in MODES if section.has(field)]
    if not written and not section.has("message"):
        message = "what to wait for is missing: `signal`, `any` or `all`"
        section.faults.error(section.pointer, "missing_field", message)
    field = written[0] if written else "signal"
    names = [_read_name(section, "signal")] if field == "signal" else _read_names(section, field, reading)
    schema = section.raw("schema")
    if schema is not UNSET:
        for fault in schema_faults(schema, section.at("schema")):
            section.faults.add(fault)
    timeout_ms = section.duration_ms("timeout")
    return Wait(
        **head.fields,
        signals=tuple(name for name in names if name is not None),
        mode=MODES[field],
        count=_read_count(section, field),
        timeout_ms=timeout_ms,
        goes_on=_read_goes_on(section),
        schema=schema,
    )


def _read_names(section: Section, field: str, reading: Reading) -> list[str | None]:
    items = section.list(field)
    if len(items) > reading.bounds.branches or section.raw(field) == []:
        message = f"`{field}` has between 1 and {reading.bounds.branches} entries"
        section.faults.error(section.at(field), "out_of_range", message)
    names: list[str | None] = []
    for value, pointer in items:
        entry = Section.of(value, pointer, section.faults, "what is waited for")
        entry.only({"signal"}, LATER)
        if not entry.has("message"):
            entry.require("signal", "the name of a signal")
        name = _read_name(entry, "signal")
        if name is not None and name in names:
            message = f"the signal {quoted(name)} stands here twice"
            section.faults.error(entry.at("signal"), "duplicate_signal", message)
        names.append(name)
    return names


def _read_name(section: Section, field: str) -> str | None:
    name = section.text(field)
    if name is not None and not NAME.fullmatch(name):
        message = f"the signal {quoted(name)} does not match `{NAME.pattern}`"
        section.faults.error(section.at(field), "invalid_name", message)
    return name


def _read_count(section: Section, field: str) -> int | None:
    if field == "all" and section.has("count"):
        section.faults.error(section.at("count"), "conflicting_fields", COUNT_OF_ALL)
    return section.integer("count", 1, COUNT_MAX)


def _read_goes_on(section: Section) -> bool:
    word = section.word("on_timeout", ON_TIMEOUT)
    if section.raw("on_timeout") is not UNSET:
        section.require("timeout", "without it, `on_timeout` never happens")
    return word == "continue"


WAIT: Final = KindReader(
    words=frozenset({*MODES, "count", "timeout", "on_timeout", "schema"}), later=LATER, read=read_wait
)
