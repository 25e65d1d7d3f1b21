"""Expressions of CEL over data made by hand, and the values that JSON has not."""

from tests.expressions.roots import FakeRoots
from treadle.expressions.cel.compile import COMPILERS
from treadle.expressions.cel.compiling import Compiling
from treadle.expressions.cel.evaluation import CelError, Evaluation
from treadle.expressions.cel.parser import parse
from treadle.expressions.cel.values import Value
from treadle.expressions.places import CONDITION
from treadle.model.expression import Roots

DATA = {
    "a": 2,
    "f": 1.5,
    "s": "abc",
    "yes": True,
    "null": None,
    "e": {},
    "l": [1, 2, 3],
    "items": [{"sku": "s0", "qty": 0}, {"sku": "s1", "qty": 1}, {"sku": "s2", "qty": 2}],
    "o": {"x": {"y": 1}, "a-b": 7},
    "at": "2026-03-01T09:30:00.25Z",
}
NODES = {
    "pay": {"output": {"ok": True, "items": [{"sku": "p"}]}, "attempts": 2, "status": "completed"},
    "pay-auth": {"output": {"id": "x-1"}, "response": {"status": 201, "headers": {"etag": "e"}}},
}
ROOTS = FakeRoots(NODES, input=DATA, vars={"key": "qty", "limit": 1}, execution={"id": "x", "run": 1})


def evaluated(text: str, roots: Roots = ROOTS) -> Value:
    """The value before it becomes JSON.

    Raises:
        CelError: it has none.
    """
    compiling = Compiling(text, CONDITION, COMPILERS)
    term = compiling.term(parse(text))
    evaluation = Evaluation(roots)
    evaluation.variables = [None] * compiling.slots
    return term.step(evaluation)


def error_of(text: str) -> str:
    """The message of an expression that has no value."""
    try:
        value = evaluated(text)
    except CelError as error:
        return error.message
    raise AssertionError(f"{text} gives {value!r}")
