"""Version 1: `steps`, one after the other, each with the call that does it and the one that undoes it."""

from typing import Final

from treadle.definition.section import Section
from treadle.definition.trama.calls import read_call
from treadle.definition.trama.fields import fields_of
from treadle.definition.trama.policies import forward_retry, undo_retry
from treadle.definition.trama.reading import NodeRead, TramaReading, check_name, named
from treadle.model.definition import Body, Compensate, Task
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.policies import TIMEOUT_MS_DEFAULT

WORDS: Final = ("name", "up", "down")


def read_sequence(document: Section, items: list[tuple[Json, str]], reading: TramaReading) -> Body:
    """The body that `steps` are."""
    if document.raw("steps") == []:
        document.faults.error(document.at("steps"), "missing_field", "there is no step: write at least one")
    names = named(items, "name", reading)
    found = zip(items, names.ids, names.labels, strict=True)
    return Body(nodes=tuple(_read_step(item, at, node, label, reading) for (item, at), node, label in found))


def _read_step(value: Json, pointer: str, node: NodeId, label: str | None, reading: TramaReading) -> Task:
    section = fields_of(value, pointer, reading.faults, "a step", WORDS)
    check_name(section, "name", "what the step is called, once in the document")
    section.require("up", "the call that does the step")
    section.require("down", "the call that undoes the step")
    up, down = read_call(section, "up"), read_call(section, "down")
    reading.nodes[node] = NodeRead(pointer, up=up, down=down)
    retry = undo_retry(reading.policy)
    return Task(
        id=node,
        label=label,
        activity=up.activity,
        timeout_ms=TIMEOUT_MS_DEFAULT,
        retry=forward_retry(reading.policy),
        compensate=Compensate(activity=down.activity, retry=retry, timeout_ms=TIMEOUT_MS_DEFAULT),
    )
