"""From where each expression of a Trama document looks."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from treadle.definition.trama.order import Order
from treadle.expressions.mustache_standpoint import IN_CALLBACKS, IN_SWITCHES, Saga, Standpoint, Step
from treadle.model.definition import Definition, Switch, Task
from treadle.model.ids import NodeId

UP: Final = "UP"
DOWN: Final = "DOWN"


class Standpoints:
    """Those of one definition."""

    def __init__(self, definition: Definition) -> None:
        self.order = Order(definition.body)
        self.steps = {
            node.id: Step(node=node.id, name=node.label or node.id)
            for node in definition.body.nodes
            if isinstance(node, Task)
        }
        steps = tuple(self.steps.values())
        self.saga = Saga(
            name=definition.name,
            version=definition.version,
            steps=steps,
            by_name={**{step.node: step for step in steps}, **{step.name: step for step in steps}},
            is_sequence=definition.body.start is None,
        )

    def request(self, task: Task) -> Standpoint:
        """That of the call of a step."""
        step = self.steps[task.id]
        has_callback = task.callback is not None
        return replace(
            self._at(task.id, "the request of an async step" if has_callback else "a request"),
            step_name=step.name,
            phase=UP,
            itself=step,
            has_callback=has_callback,
        )

    def undo(self, task: Task) -> Standpoint:
        """That of the compensation of a step: it is made ready when the step is done."""
        step = self.steps[task.id]
        stand = self._at(task.id, "a compensation")
        return replace(stand, step_name=step.name, phase=DOWN, undone=step)

    def case(self, switch: Switch) -> Standpoint:
        """That of the conditions of a switch."""
        return replace(self._at(switch.id, "the condition of a case"), roots=IN_SWITCHES)

    def callback(self) -> Standpoint:
        """That of the conditions on a callback."""
        return Standpoint(saga=self.saga, place="a condition on a callback", roots=IN_CALLBACKS)

    def on_success(self) -> Standpoint:
        """That of the hook after everything has run."""
        return self._of_hook("onSuccessCallback", UP, self.order.last_of_all())

    def on_failure(self) -> Standpoint:
        """That of the hook after everything was undone."""
        return self._of_hook("onFailureCallback", DOWN, self.order.tasks())

    def _of_hook(self, name: str, phase: str, last: Iterable[NodeId]) -> Standpoint:
        return Standpoint(
            saga=self.saga,
            place="a hook",
            step_name=name,
            phase=phase,
            last=self._named(last),
            may_have_run=lambda _: True,
        )

    def _at(self, node: NodeId, place: str) -> Standpoint:
        order = self.order
        return Standpoint(
            saga=self.saga,
            place=place,
            last=self._named(order.last_before(node)),
            may_have_run=lambda other: order.may_precede(other, node),
        )

    def _named(self, nodes: Iterable[NodeId]) -> tuple[Step, ...]:
        return tuple(self.steps[node] for node in nodes)
