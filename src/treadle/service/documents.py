"""Documents of definitions: read, checked and compiled, in the loop or beside it by their length."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from treadle.definition.bounds import DEFAULT_BOUNDS, DocumentBounds
from treadle.definition.compile import compile_definition
from treadle.definition.digest import digest
from treadle.definition.formats.sources import Positions, Source, placed, read_source
from treadle.definition.graph import graph
from treadle.definition.read import Report, check, read_definition
from treadle.model.definition import Definition
from treadle.model.errors import Fault, Rejected
from treadle.model.ids import Digest
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.service.workload import worked

DocumentFormat = Literal["json", "yaml"]
STORED_BOUNDS: Final = DocumentBounds(nodes=100_000, nesting=64, branches=10_000)
"""What was accepted under wider settings is still run after they were narrowed."""


class CheckedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document without errors, its JSON, and what it compiles to."""

    definition: Definition
    program: Program
    json: bytes
    graph: Json
    warnings: tuple[Fault, ...]


async def read_text(
    data: bytes, written_in: DocumentFormat, bounds: DocumentBounds = DEFAULT_BOUNDS
) -> CheckedDocument:
    """The document that a text holds.

    Raises:
        Rejected: `too_large`, `malformed_request`, or `invalid_definition` with every fault.
    """
    # YAML that has to be read exactly takes a hundred times as long as JSON: it is never read in the loop.
    at_once_max = {} if written_in == "json" else {"at_once_max": 0}
    return await worked(len(data), lambda: _read_checked(data, written_in, bounds), **at_once_max)


async def read_tree(
    tree: Json, size_bytes: int, pointer: str, bounds: DocumentBounds = DEFAULT_BOUNDS
) -> CheckedDocument:
    """The document that stands at `pointer` in a request of `size_bytes`.

    Raises:
        Rejected: `invalid_definition` with every fault, pointing into the request.
    """
    return await worked(size_bytes, lambda: _checked(tree, bounds, pointer))


async def tree_digest(tree: Json, size_bytes: int) -> Digest | None:
    """The digest of a document that may be faulty; None for what cannot have one."""

    def work() -> Digest | None:
        try:
            return digest(tree)
        except ValueError:
            return None

    return await worked(size_bytes, work)


async def report_on(
    data: bytes, written_in: DocumentFormat, bounds: DocumentBounds = DEFAULT_BOUNDS
) -> tuple[Report, Json]:
    """Everything found in a text, and its graph if it has no errors.

    Raises:
        Rejected: `too_large` or `malformed_request`.
    """

    def work() -> tuple[Report, Json]:
        source = read_source(data, written_in)
        report = _placed(check(source.tree, bounds), _positions(source, written_in))
        return report, graph(report.definition) if report.definition is not None else None

    return await worked(len(data), work, 0)


async def stored_graph(document: bytes) -> Json:
    """What a UI draws of a stored document."""
    return await worked(len(document), lambda: graph(_read_stored(document)))


def compile_stored(document: bytes) -> Program:
    """The program of a stored document; takes milliseconds.

    Raises:
        Rejected: `invalid_definition`, this version of Treadle does not take what another stored.
    """
    return compile_definition(_read_stored(document))


def _read_stored(document: bytes) -> Definition:
    return read_definition(msgspec.json.decode(document), STORED_BOUNDS)


def _read_checked(data: bytes, written_in: DocumentFormat, bounds: DocumentBounds) -> CheckedDocument:
    source = read_source(data, written_in)
    return _checked(source.tree, bounds, positions=_positions(source, written_in))


def _positions(source: Source, written_in: DocumentFormat) -> Positions | None:
    """Lines are told to those who write YAML; JSON is mostly written by programs, on one line."""
    return source.positions if written_in == "yaml" else None


def _placed(report: Report, positions: Positions | None) -> Report:
    if positions is None:
        return report
    errors, warnings = placed(report.errors, positions), placed(report.warnings, positions)
    return Report(definition=report.definition, errors=errors, warnings=warnings)


def _checked(
    tree: Json, bounds: DocumentBounds, pointer: str = "", positions: Positions | None = None
) -> CheckedDocument:
    report = _placed(check(tree, bounds), positions)
    if report.definition is None:
        count = len(report.errors)
        message = f"the definition has {count} fault{'' if count == 1 else 's'}"
        raise Rejected("invalid_definition", message, tuple(_moved(report.errors, pointer)))
    return CheckedDocument(
        definition=report.definition,
        program=compile_definition(report.definition),
        json=msgspec.json.encode(tree),
        graph=graph(report.definition),
        warnings=report.warnings,
    )


def _moved(faults: Iterable[Fault], pointer: str) -> Iterable[Fault]:
    for fault in faults:
        yield msgspec.structs.replace(fault, pointer=pointer + fault.pointer)
