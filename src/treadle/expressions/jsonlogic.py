"""JSON Logic by datalogic-py: the one file that knows the library.

Only the core family of operators is on: nothing in it reads a clock or the outside. Loose equality of
values that are no numbers is false, not an error. Each evaluation is metered; what the library does not meter
(values that hold others more than once, work on long texts) is refused or counted here.
"""

from collections.abc import Mapping
from functools import lru_cache
from json import loads
from typing import Final

import msgspec
from datalogic_py import DataLogicError, Engine, Rule

from treadle.expressions.built_lists import BuiltLists
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.logic_messages import Arity, message_of_failure, message_of_rule
from treadle.expressions.printing import ENCODER
from treadle.expressions.weighing import is_deeper, largest
from treadle.model.errors import Fault
from treadle.model.json import Json

OPERATIONS_MAX: Final = 100_000
"""What one evaluation may cost: a node of the rule, or an item looked at, is one."""
LIGHT_BYTES: Final = 262_144
"""An operation on a text of this many bytes still counts as one; on longer ones there may be fewer."""
RULE_DEPTH_MAX: Final = 64
"""Lists and objects inside each other, as in a document."""
REMEMBERED_MAX: Final = 512
"""Rules: a document is checked and then compiled."""
ENGINE: Final = Engine(config={"loose_equality_errors": False}, families=["Core"])
ARITIES: Final[Mapping[str, Arity]] = {
    name: Arity(operator["min_args"], operator["max_args"])
    for operator in ENGINE.operators()
    for name in (operator["name"], *operator["aliases"])
}
"""The operators there are, and how many arguments each takes."""
ASKED: Final = "/!!/0"
"""Where the rule stands in the question whether it counts as true."""
CODES: Final = {"UnknownOperator": "unknown_operator", "ArgumentCount": "invalid_arity"}


class LogicError(Exception):
    """An evaluation failed; the message is for people."""


class Logic(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled rule; `reads` holds the paths it looks at, from the root of its data.

    `source` is the rule as JSON and `truth` the question whether it counts as true: the library writes
    every result out as text, and what a condition comes to may be far larger than what it looks at.
    """

    source: str
    truth: Rule
    reads: tuple[tuple[str, ...], ...]
    has_computed_reads: bool
    is_iterating: bool

    def is_true(self, data: Json) -> bool:
        """Whether the result counts as true.

        Raises:
            LogicError: the evaluation failed or cost too much.
        """
        return self._evaluated(self.truth, data) == "true"

    def value(self, data: Json) -> Json:
        """The result itself, for those who want to see more than a condition asks; compiled at each call.

        Raises:
            LogicError: the evaluation failed or cost too much.
        """
        result: Json = msgspec.json.decode(self._evaluated(ENGINE.compile_strict(self.source), data))
        return result

    def _evaluated(self, rule: Rule, data: Json) -> str:
        """The result as JSON text."""
        operations_max = self._operations_max(data)
        try:
            result, _ = rule.evaluate_metered(data, operations_max)
        except DataLogicError as error:
            raise LogicError(_failure(error, operations_max)) from error
        return result

    def _operations_max(self, data: Json) -> int:
        """A comparison, and a look into an object, counts as one operation however long it takes.

        Without an iteration there are only as many of them as are written.
        """
        if not self.is_iterating:
            return OPERATIONS_MAX
        return OPERATIONS_MAX * LIGHT_BYTES // max(LIGHT_BYTES, largest(data, LIGHT_BYTES))


def compile_logic(rule: Json, pointer: str) -> Logic:
    """Compile a rule.

    Raises:
        InvalidExpression: with everything that is wrong with it before it runs.
    """
    if is_deeper(rule, RULE_DEPTH_MAX):
        message = f"a condition may be nested {RULE_DEPTH_MAX} deep"
        raise InvalidExpression((Fault(pointer=pointer, code="too_deep", message=message),))
    try:
        return _compile_text(ENCODER.encode(rule))
    except InvalidExpression as error:
        faults = [msgspec.structs.replace(fault, pointer=pointer + fault.pointer) for fault in error.faults]
        raise InvalidExpression(tuple(faults)) from error
    except (TypeError, ValueError) as error:
        fault = Fault(pointer=pointer, code="invalid_condition", message=f"the condition is no JSON: {error}")
        raise InvalidExpression((fault,)) from error


@lru_cache(REMEMBERED_MAX)
def _compile_text(text: str) -> Logic:
    """Compile a rule that is written as JSON.

    Raises:
        InvalidExpression: with pointers from the rule on.
    """
    rule: Json = loads(text)
    try:
        found = ENGINE.check(text if isinstance(rule, str) else rule, "strict")
        if found:
            raise InvalidExpression(tuple(_fault(one, rule) for one in found))
        built = BuiltLists(rule)
        if built.faults:
            raise InvalidExpression(tuple(built.faults))
        truth = ENGINE.compile_strict(f'{{"!!":[{text}]}}')
    except DataLogicError as error:
        message = message_of_rule("", None, "", rule, ARITIES)
        fault = Fault(pointer="", code="invalid_condition", message=message)
        raise InvalidExpression((fault,)) from error
    facts = truth.facts()
    return Logic(
        source=text,
        truth=truth,
        reads=tuple(tuple(path) for path in facts["reads"]),
        has_computed_reads=not facts["reads_complete"],
        is_iterating=built.is_iterating,
    )


def _fault(found: Mapping[str, Json], rule: Json) -> Fault:
    """What the library found, as a fault of ours."""
    code, pointer = found["code"], found["pointer"]
    message = message_of_rule(code, found["operator"], pointer, rule, ARITIES)
    return Fault(pointer=pointer, code=CODES.get(code, "invalid_condition"), message=message)


def _failure(error: DataLogicError, operations_max: int) -> str:
    path = getattr(error, "path", None) or [{"json_pointer": ""}]
    pointer = str(path[-1]["json_pointer"]).removeprefix(ASKED)
    kind, operator = str(getattr(error, "error_type", "")), getattr(error, "operator", None)
    return message_of_failure(kind, operator, pointer, operations_max)
