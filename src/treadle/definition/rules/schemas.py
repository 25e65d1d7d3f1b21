"""`input_schema` is a JSON Schema 2020-12 that refers to nothing outside."""

from treadle.definition.faults import Faults
from treadle.definition.rules.document import ReadDocument
from treadle.definition.schemas import schema_faults


def check_input_schema(document: ReadDocument, faults: Faults) -> None:
    """Look at the schema, if there is one."""
    tree = document.definition.document
    if isinstance(tree, dict) and "input_schema" in tree:
        for fault in schema_faults(tree["input_schema"], "/input_schema"):
            faults.add(fault)
