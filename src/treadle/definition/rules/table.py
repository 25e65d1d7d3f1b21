"""Every rule, in the order in which their faults are listed."""

from collections.abc import Callable
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.rules.cases import check_cases
from treadle.definition.rules.compensations import check_compensations
from treadle.definition.rules.document import ReadDocument
from treadle.definition.rules.graphs import check_graphs
from treadle.definition.rules.ids import check_ids
from treadle.definition.rules.names import check_names
from treadle.definition.rules.references import check_references
from treadle.definition.rules.schemas import check_input_schema

RULES: Final[tuple[Callable[[ReadDocument, Faults], None], ...]] = (
    check_names,
    check_input_schema,
    check_ids,
    check_graphs,
    check_references,
    check_compensations,
    check_cases,
)
