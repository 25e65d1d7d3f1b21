"""Names and versions have the characters that names may have."""

from treadle.definition.faults import Faults
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.nearest import quoted
from treadle.model.ids import NAME


def check_names(document: ReadDocument, faults: Faults) -> None:
    """Look at `name` and `version` where they are text."""
    tree = document.definition.document
    for field in ("name", "version"):
        value = tree.get(field) if isinstance(tree, dict) else None
        if isinstance(value, str) and not NAME.fullmatch(value):
            message = f"`{field}` {quoted(value)} does not match `{NAME.pattern}`"
            faults.error(f"/{field}", "invalid_name", message)
