"""Every template and condition of a Trama document, looked at from where it stands; then its graph."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from treadle.definition.faults import Faults
from treadle.definition.trama.calls import CallRead
from treadle.definition.trama.conditions import Rule
from treadle.definition.trama.order import Order
from treadle.definition.trama.reading import TramaReading
from treadle.definition.trama.standpoints import Standpoints
from treadle.definition.trama.texts import Written
from treadle.expressions.conditions import is_always_true
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.mustache_conditions import compile_saga_condition
from treadle.expressions.mustache_standpoint import Standpoint
from treadle.expressions.mustache_texts import Doubt, MustacheTexts
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.model.definition import Definition, Switch, Task
from treadle.model.json import Json

Reads: TypeAlias = frozenset[tuple[str, ...]]
HookCalls: TypeAlias = Iterable[tuple[CallRead, Standpoint]]


class Compiled(Protocol):
    """Whatever was compiled: it says what it reads."""

    @property
    def reads(self) -> Reads:
        """The paths, each from its root."""
        ...


def check_expressions(
    definition: Definition, reading: TramaReading, stands: Standpoints, hooks: HookCalls
) -> None:
    """Note what is wrong with any template or condition, and warn of what never has a value."""
    for node in definition.body.nodes:
        read = reading.nodes[node.id]
        if isinstance(node, Task):
            _check_call(read.up, stands.request(node), reading)
            _check_call(read.down, stands.undo(node), reading)
            _check_rules((read.success_when, read.fail_when), stands.callback(), reading)
        elif isinstance(node, Switch):
            _check_rules(read.cases, stands.case(node), reading)
    for call, stand in hooks:
        _check_call(call, stand, reading)


def _check_call(call: CallRead | None, stand: Standpoint, reading: TramaReading) -> None:
    faults = reading.faults
    if call is None or faults.is_full:
        return
    texts = MustacheTexts(stand)
    checks: list[tuple[Written, Callable[[Json, str], Compiled]]] = [(call.url, texts.url)]
    checks.extend((header, texts.header) for header in call.headers.values())
    if call.body is not None:
        checks.append((call.body, texts.value))
    reads: Reads = frozenset()
    for written, check in checks:
        try:
            found = check(written.value, written.pointer).reads
        except InvalidExpression as error:
            _add(error, written, faults)
        else:
            _warn_of_undo(found, stand, written.pointer, faults)
            reads |= found
        _warn(texts.doubts, written, reading)
        texts.doubts.clear()
    if stand.has_callback and not any(read[0] == "callback" for read in reads):
        message = "this tells nobody where to answer: send `{{runtime.callback.url}}` with it, or the token"
        faults.warn(call.pointer, "callback_not_sent", message)


def _add(error: InvalidExpression, where: Written | Rule, faults: Faults) -> None:
    """Add what is wrong; inside a text that was parsed it stands at the text."""
    for fault in error.faults:
        faults.add(fault if where.is_inside else replace(fault, pointer=where.pointer))


def _check_rules(rules: Iterable[Rule | None], stand: Standpoint, reading: TramaReading) -> None:
    for rule in rules:
        if rule is None:
            continue
        try:
            _warn(compile_saga_condition(rule.value, stand, rule.pointer).doubts, rule, reading)
        except InvalidExpression as error:
            _add(error, rule, reading.faults)


def _warn(doubts: Iterable[Doubt], where: Written | Rule, reading: TramaReading) -> None:
    """Warn of what prints as empty text, and is null in a condition."""
    found: dict[str, dict[str, None]] = {}
    for doubt in doubts:
        unset = doubt.unset
        why = f"{unset.why}{reading.hint(unset.word, unset.known)}"
        found.setdefault(doubt.pointer if where.is_inside else where.pointer, {})[why] = None
    for pointer, reasons in found.items():
        message = f"this never has a value: {'; '.join(reasons)}"
        reading.faults.warn(pointer, "unset_variable", message)


def _warn_of_undo(reads: Reads, stand: Standpoint, pointer: str, faults: Faults) -> None:
    """Warn of an undo that needs the answer of its own step."""
    step = stand.undone
    if step is not None and any(read[:2] == ("nodes", step.node) for read in reads):
        message = (
            f"this reads the answer of {quoted(step.name)}, which is not there when its outcome is unknown: "
            "then the execution is stuck until a person decides"
        )
        faults.warn(pointer, "compensation_may_not_render", message)


def check_graph(definition: Definition, reading: TramaReading, order: Order) -> None:
    """Every node is reached, and nothing is undone in a graph that may go round."""
    nodes, faults = reading.nodes, reading.faults
    excused = {*order.reached, *reading.nameless}
    for node in definition.body.nodes if order.reached else ():
        if node.id not in excused:
            message = f"no way leads from the entrypoint to {quoted(node.label or node.id)}"
            faults.error(nodes[node.id].pointer, "unreachable_node", message)
    turning = order.cycle()
    if turning is None:
        return
    name = order.nodes[turning].label or turning
    for node in definition.body.nodes:
        if isinstance(node, Task) and node.compensate is not None:
            message = f"the graph leads back to {quoted(name)}: a graph that may go round can undo nothing"
            faults.error(joined(nodes[node.id].pointer, "compensation"), "compensated_cycle", message)


def check_cases(definition: Definition, reading: TramaReading) -> None:
    """Warn of cases behind one that reads nothing and is true."""
    for node in definition.body.nodes:
        if isinstance(node, Switch):
            pointer = reading.nodes[node.id].pointer
            for at, what in _never_taken(node):
                message = f"a case before always matches, so {what} is never taken"
                reading.faults.warn(joined(pointer, *at), "unreachable_case", message)


def _never_taken(node: Switch) -> Iterator[tuple[tuple[str | int, ...], str]]:
    always = next((index for index, case in enumerate(node.cases) if is_always_true(case.when)), None)
    if always is None:
        return
    for index in range(always + 1, len(node.cases)):
        yield ("cases", index), "this one"
    yield ("default",), "the default"
