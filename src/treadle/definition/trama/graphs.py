"""Version 2: `nodes` that name the next one, beginning with the `entrypoint`."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from treadle.definition.durations import DURATION_MS_MAX
from treadle.definition.section import Section
from treadle.definition.trama import actions
from treadle.definition.trama.conditions import Rule, read_condition
from treadle.definition.trama.fields import fields_of
from treadle.definition.trama.reading import Named, NodeRead, TramaReading, check_name, named
from treadle.expressions.nearest import quoted
from treadle.model.definition import Body, Case, Node, Sleep, Switch, Task
from treadle.model.ids import NodeId
from treadle.model.json import Json

CASE_WORDS: Final = ("name", "when", "target")


class _Place(NamedTuple):
    """One node while it is read: what it is called, and the names that it may go on to."""

    section: Section
    node: NodeId
    label: str | None
    names: Named
    reading: TramaReading

    def way(self, section: Section, field: str) -> NodeId | None:
        """The node that a field names, None if it names none."""
        return way_to(section, field, self.names, self.reading)


class _Kind(NamedTuple):
    words: tuple[str, ...]
    read: Callable[[_Place], Node]


def read_graph(document: Section, items: list[tuple[Json, str]], reading: TramaReading) -> Body:
    """The body that `nodes` and `entrypoint` are."""
    if document.raw("nodes") == []:
        document.faults.error(document.at("nodes"), "missing_field", "there is no node: write at least one")
    names = named(items, "id", reading)
    document.require("entrypoint", "the id of the node that the graph begins with")
    start = way_to(document, "entrypoint", names, reading)
    found = zip(items, names.ids, names.labels, strict=True)
    nodes = (_read_node(item, pointer, node, label, names, reading) for (item, pointer), node, label in found)
    return Body(nodes=tuple(node for node in nodes if node is not None), start=start or NodeId(""))


def way_to(section: Section, field: str, names: Named, reading: TramaReading) -> NodeId | None:
    """The node that a field names; a name that no node has is noted."""
    name = section.text(field)
    if name is None:
        return None
    found = names.by_name.get(name)
    if found is None and names.by_name:
        hint = reading.hint(name, names.by_name)
        section.faults.error(section.at(field), "unknown_next", f"there is no node {quoted(name)}{hint}")
    return found


def _read_node(
    value: Json, pointer: str, node: NodeId, label: str | None, names: Named, reading: TramaReading
) -> Node | None:
    kind = _read_kind(Section.of(value, pointer, reading.faults, "a node"))
    if kind is None:
        return None
    section = fields_of(value, pointer, reading.faults, "a node", ("kind", "id", *kind.words))
    check_name(section, "id", "what the node is called, once in the document")
    return kind.read(_Place(section, node, label, names, reading))


def _read_kind(section: Section) -> _Kind | None:
    section.require("kind", f"one of {', '.join(KINDS)}")
    word = section.word("kind", tuple(KINDS))
    return KINDS.get(word) if word is not None else None


def _read_task(place: _Place) -> Task:
    next_ = place.way(place.section, "next")
    return actions.read_task(place.section, place.node, place.label, next_, place.reading)


def _read_switch(place: _Place) -> Switch:
    section = place.section
    section.require("cases", "a list of `{when, target}`")
    section.require("default", "the node to go on with when no case matches")
    if section.raw("cases") == []:
        section.faults.error(section.at("cases"), "missing_field", "a switch has at least one case")
    rules: list[Rule] = []
    names: set[str] = set()
    cases = tuple(_read_case(value, at, place, rules, names) for value, at in section.list("cases"))
    place.reading.nodes[place.node] = NodeRead(section.pointer, cases=tuple(rules))
    default = place.way(section, "default")
    return Switch(id=place.node, label=place.label, cases=cases, default_next=default)


def _read_case(value: Json, pointer: str, place: _Place, rules: list[Rule], names: set[str]) -> Case:
    section = fields_of(value, pointer, place.reading.faults, "a case", CASE_WORDS)
    section.require("when", "the condition under which the case is taken")
    section.require("target", "the node to go on with")
    rule = read_condition(section, "when")
    name = section.text("name")
    if rule is not None:
        rules.append(rule)
    # A name is how the case that was taken is known again: of two that are the same the first has it.
    is_free = name is not None and name not in names
    names.add(name or "")
    when = None if rule is None else rule.value
    return Case(when=when, name=name if is_free else None, next=place.way(section, "target"))


def _read_sleep(place: _Place) -> Sleep:
    section = place.section
    section.require("durationMillis", "how long to sleep, in milliseconds")
    duration_ms = section.integer("durationMillis", 1, DURATION_MS_MAX)
    place.reading.nodes[place.node] = NodeRead(section.pointer)
    next_ = place.way(section, "next")
    return Sleep(id=place.node, label=place.label, next=next_, for_=duration_ms or 1)


KINDS: Final[Mapping[str, _Kind]] = {
    "task": _Kind(actions.WORDS, _read_task),
    "switch": _Kind(("cases", "default"), _read_switch),
    "sleep": _Kind(("durationMillis", "next"), _read_sleep),
}
