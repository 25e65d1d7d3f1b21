"""JSON Logic by datalogic-py: the one file that knows the library.

Only the core family of operators is on: nothing in it reads a clock or the outside. Loose equality of
values that are no numbers is false, not an error. Each evaluation is metered.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from datalogic_py import DataLogicError, Engine, Rule

from treadle.expressions.faults import InvalidExpression
from treadle.expressions.nearest import suggestion
from treadle.model.errors import Fault
from treadle.model.json import Json

OPERATIONS_MAX: Final = 100_000
"""What one evaluation may cost: a node of the rule, or an item looked at, is one."""
ENGINE: Final = Engine(config={"loose_equality_errors": False}, families=["Core"])
OPERATORS: Final = frozenset({"var", *(operator["name"] for operator in ENGINE.operators())})
CODES: Final = {"UnknownOperator": "unknown_operator", "ArgumentCount": "invalid_arity"}


class LogicError(Exception):
    """An evaluation failed; the message is for people."""


class Logic(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled rule; `reads` holds the paths it looks at, from the root of its data."""

    rule: Rule
    reads: tuple[tuple[str, ...], ...]
    has_computed_reads: bool

    def is_true(self, data: Json) -> bool:
        """Whether the result counts as true.

        Raises:
            LogicError: the evaluation failed or cost too much.
        """
        try:
            result, _ = self.rule.evaluate_metered(data, OPERATIONS_MAX)
            return ENGINE.truthy(result)
        except DataLogicError as error:
            raise LogicError(str(error)) from error


def compile_logic(rule: Json, pointer: str) -> Logic:
    """Compile a rule.

    Raises:
        InvalidExpression: with everything that is wrong with it before it runs.
    """
    try:
        found = ENGINE.check(rule, "strict")
        if found:
            raise InvalidExpression(tuple(_fault(one, pointer) for one in found))
        compiled = ENGINE.compile_strict(rule)
    except DataLogicError as error:
        fault = Fault(pointer=pointer, code="invalid_condition", message=str(error))
        raise InvalidExpression((fault,)) from error
    facts = compiled.facts()
    reads = tuple(tuple(path) for path in facts["reads"])
    return Logic(rule=compiled, reads=reads, has_computed_reads=not facts["reads_complete"])


def _fault(found: Mapping[str, Json], pointer: str) -> Fault:
    """What the library found, as a fault of ours."""
    message = found["message"] + _hint(found["code"], found["operator"])
    code = CODES.get(found["code"], "invalid_condition")
    return Fault(pointer=f"{pointer}{found['pointer']}", code=code, message=message)


def _hint(code: str, operator: str | None) -> str:
    return suggestion(operator, OPERATORS) if code == "UnknownOperator" and operator is not None else ""
