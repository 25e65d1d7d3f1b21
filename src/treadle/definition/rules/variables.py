"""Variables are read where they have a value: one to begin with, or what a `set` has given them by then."""

from collections.abc import Sequence
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Use
from treadle.definition.rules.befores import Befores
from treadle.definition.rules.document import ReadDocument
from treadle.definition.rules.guards import Guards
from treadle.definition.rules.order import Before, Order
from treadle.expressions.nearest import quoted, suggestion
from treadle.expressions.pointers import joined

SUGGESTIONS_MAX: Final = 50
"""Unknown names of one document for which the nearest is looked for; the search is slow."""


def check_variables(
    document: ReadDocument, order: Order, befores: Befores, guards: Guards, faults: Faults
) -> None:
    """Look at every path that begins with `vars`."""
    initial = document.definition.vars
    names = Names(sorted({*initial, *order.var_bits}))
    used: set[str] = set(order.var_bits)
    for use, read in document.reads("vars"):
        # One that reads all of them at once reads each.
        used.update(read[1:2] or initial)
        if len(read) > 1 and read[1] not in initial:
            bit = order.var_bits.get(read[1])
            if bit is None:
                names.note_unknown(use, read, faults)
            else:
                _check_order(use, read, befores.of(use), bit, guards, faults)
    for name in initial:
        if name not in used:
            message = f"nothing reads {quoted(name)}, and no `set` gives it another value"
            faults.warn(joined("/vars", name), "unused_variable", message)


class Names:
    """The variables that have a value at all."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known
        self._suggested: dict[str, str] = {}

    def note_unknown(self, use: Use, read: tuple[str, ...], faults: Faults) -> None:
        name = read[1]
        if name not in self._suggested and len(self._suggested) < SUGGESTIONS_MAX:
            self._suggested[name] = suggestion(name, self._known)
        hint = self._suggested.get(name, "")
        message = f"`{'.'.join(read)}`: neither `vars` nor any `set` has {quoted(name)}{hint}"
        faults.error(use.pointer, "unknown_variable", message)


def _check_order(
    use: Use, read: tuple[str, ...], before: Before, bit: int, guards: Guards, faults: Faults
) -> None:
    path = ".".join(read)
    if not bit & before.may:
        message = f"`{path}` has no value yet: no `set` can have given it one by then on any path"
        faults.error(use.pointer, "variable_not_before", message)
    elif not bit & before.must and not guards.has(use, read):
        message = f"`{path}` has a value on some paths only: give it one in `vars` of the document"
        faults.warn(use.pointer, "variable_may_be_unset", message)
