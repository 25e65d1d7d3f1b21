"""A tree becomes a Definition, or every fault in it is named at once."""

import msgspec

from treadle.definition.bounds import DEFAULT_BOUNDS, DocumentBounds
from treadle.definition.dialects import is_trama
from treadle.definition.document import read_document
from treadle.definition.faults import Faults
from treadle.definition.kinds.body import read_nodes
from treadle.definition.reading import Reading
from treadle.definition.rules.document import ReadDocument
from treadle.definition.rules.size import is_in_size
from treadle.definition.rules.table import RULES
from treadle.definition.soundness import is_sound
from treadle.definition.trama.document import read_trama
from treadle.model.definition import Definition
from treadle.model.errors import Fault, Rejected
from treadle.model.json import Json


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`definition` is None exactly when there are errors."""

    definition: Definition | None
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check(tree: Json, bounds: DocumentBounds = DEFAULT_BOUNDS) -> Report:
    """Read a tree and look at everything in it; never raises for what stands in the tree."""
    faults = Faults()
    definition = _read(tree, faults, bounds)
    errors = faults.errors
    return Report(definition=None if errors else definition, errors=errors, warnings=faults.warnings)


def read_definition(tree: Json, bounds: DocumentBounds = DEFAULT_BOUNDS) -> Definition:
    """Read a tree.

    Raises:
        Rejected: `invalid_definition`, with every fault.
    """
    report = check(tree, bounds)
    if report.definition is None:
        count = len(report.errors)
        what = "a fault" if count == 1 else f"{count} faults"
        raise Rejected("invalid_definition", f"the definition has {what}", report.errors)
    return report.definition


def _read(tree: Json, faults: Faults, bounds: DocumentBounds) -> Definition | None:
    if not is_sound(tree, faults):
        return None
    if is_trama(tree):
        return read_trama(tree, faults, bounds)
    reading = Reading(faults, read_nodes, bounds)
    definition = read_document(tree, reading)
    if not is_in_size(reading.root, faults, bounds):
        return None
    document = ReadDocument(definition=definition, outline=reading.root, uses=reading.uses)
    for rule in RULES:
        rule(document, faults)
    return definition
