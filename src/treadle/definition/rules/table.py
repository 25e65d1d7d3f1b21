"""Every rule, in the order in which their faults are listed."""

from collections.abc import Callable
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.rules.cases import check_cases
from treadle.definition.rules.compensations import check_compensations
from treadle.definition.rules.conditions import check_conditions
from treadle.definition.rules.document import ReadDocument
from treadle.definition.rules.graphs import check_graphs
from treadle.definition.rules.ids import check_ids
from treadle.definition.rules.inputs import check_inputs
from treadle.definition.rules.names import check_names
from treadle.definition.rules.outputs import check_outputs
from treadle.definition.rules.references import check_references
from treadle.definition.rules.requests import check_requests
from treadle.definition.rules.schemas import check_input_schema, check_schema_words
from treadle.definition.rules.times import check_times

RULES: Final[tuple[Callable[[ReadDocument, Faults], None], ...]] = (
    check_names,
    check_input_schema,
    check_schema_words,
    check_ids,
    check_graphs,
    check_references,
    check_outputs,
    check_inputs,
    check_compensations,
    check_conditions,
    check_cases,
    check_requests,
    check_times,
)
