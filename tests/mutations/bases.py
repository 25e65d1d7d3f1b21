"""The documents from which mutants are made: each is accepted."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.definition.test_mutations import WHOLE
from treadle.definition.formats import parse_document
from treadle.definition.read import check
from treadle.model.json import Json
from treadle.testing.mutating import drawn_documents

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = (*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("docs/guide/examples/*.yaml"))
DRAWN: Final = 60


@cache
def bases() -> tuple[Json, ...]:
    """The whole language once, the documents that people read, and drawn ones."""
    written = [parse_document(path.read_bytes(), "yaml") for path in sorted(WRITTEN)]
    return tuple(tree for tree in (WHOLE, *written, *drawn_documents(DRAWN)) if not check(tree).errors)
