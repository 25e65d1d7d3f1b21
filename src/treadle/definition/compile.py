"""A Definition becomes the Program that the core runs: checked, linked, every expression a closure."""

from collections.abc import Iterable

from msgspec import UNSET

from treadle.definition.compiling.activities import compile_hook
from treadle.definition.compiling.nodes import Compiling
from treadle.definition.compiling.table import compile_node
from treadle.definition.schemas import compile_schema
from treadle.definition.trama.compile import compile_trama
from treadle.expressions.cel.evaluation import Evaluation
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import DOCUMENT_OUTPUT, FAILURE_HOOK, HOOK
from treadle.expressions.templates import compile_template
from treadle.model.definition import Definition, Dialect
from treadle.model.errors import Fault, Rejected
from treadle.model.ids import NodeId
from treadle.model.program import ROOT_BODY, Program, ProgramNode, WaitNode


def compile_definition(definition: Definition) -> Program:
    """Compile a definition, as `read_definition` gave it.

    Raises:
        Rejected: `invalid_definition`, for one that was made by hand and has a fault.
    """
    try:
        return _compile(definition)
    except InvalidExpression as error:
        raise Rejected("invalid_definition", "an expression is wrong", error.faults) from error
    except ValueError as error:
        fault = Fault(pointer="", code="invalid_schema", message=str(error))
        raise Rejected("invalid_definition", "a schema is wrong", (fault,)) from error


def _compile(definition: Definition) -> Program:
    if definition.dialect is Dialect.TRAMA:
        return compile_trama(definition)
    compiling = Compiling(compile_node)
    compiling.body(definition.body, ROOT_BODY, is_scope=True)
    output, schema = definition.output, definition.input_schema
    return Program(
        name=definition.name,
        version=definition.version,
        digest=definition.digest,
        nodes=compiling.nodes,
        bodies=compiling.bodies,
        output=None if output is UNSET else compile_template(output, DOCUMENT_OUTPUT),
        priority=definition.priority,
        vars=definition.vars,
        metered=Evaluation.over,
        check_input=None if schema is None else compile_schema(schema),
        deadline_ms=definition.deadline_ms,
        inside=compiling.inside,
        waits=_waits(compiling.nodes.values()),
        on_success=compile_hook(definition.on_success, HOOK),
        on_failure=compile_hook(definition.on_failure, FAILURE_HOOK),
        on_cancel=compile_hook(definition.on_cancel, HOOK),
    )


def _waits(nodes: Iterable[ProgramNode]) -> dict[str, tuple[NodeId, ...]]:
    """The waits of each signal."""
    found: dict[str, tuple[NodeId, ...]] = {}
    for node in nodes:
        if isinstance(node, WaitNode):
            for signal in node.signals:
                found[signal] = (*found.get(signal, ()), node.id)
    return found
