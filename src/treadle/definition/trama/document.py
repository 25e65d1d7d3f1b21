"""A Trama document becomes a Definition: version 2 if it has `nodes`, version 1 if it has `steps`."""

from typing import Final, NamedTuple

from treadle.definition.bounds import DocumentBounds
from treadle.definition.digest import digest
from treadle.definition.faults import Faults
from treadle.definition.section import Section
from treadle.definition.trama.calls import CallRead, read_call
from treadle.definition.trama.checks import check_cases, check_expressions, check_graph
from treadle.definition.trama.fields import fields_of
from treadle.definition.trama.graphs import read_graph
from treadle.definition.trama.policies import FIELD as FAILURE_HANDLING
from treadle.definition.trama.policies import forward_retry, read_failure_handling
from treadle.definition.trama.reading import TramaReading
from treadle.definition.trama.sequences import read_sequence
from treadle.definition.trama.standpoints import Standpoints
from treadle.expressions.nearest import quoted
from treadle.model.definition import Definition, Dialect, Hook
from treadle.model.ids import NAME
from treadle.model.json import Json
from treadle.model.policies import TIMEOUT_MS_DEFAULT

HOOKS: Final = ("onSuccessCallback", "onFailureCallback")
WORDS: Final = ("name", "version", FAILURE_HANDLING, *HOOKS)


class TramaRead(NamedTuple):
    """A document as it was read, with where its expressions stand; `hooks` holds the calls by field."""

    definition: Definition
    reading: TramaReading
    hooks: dict[str, CallRead | None]
    stands: Standpoints


def read_trama(tree: Json, faults: Faults, bounds: DocumentBounds) -> Definition | None:
    """Read a document; None for one that is larger than anything should be asked of."""
    read = read_in_place(tree, faults, bounds)
    return None if read is None else read.definition


def read_in_place(tree: Json, faults: Faults, bounds: DocumentBounds) -> TramaRead | None:
    """The same, with what is known of where its expressions stand."""
    is_graph = isinstance(tree, dict) and tree.get("nodes") is not None
    body_words = ("entrypoint", "nodes") if is_graph else ("steps",)
    section = fields_of(tree, "", faults, "a document", (*WORDS, *body_words))
    name, version = (_read_name(section, field) for field in ("name", "version"))
    field = body_words[-1]
    section.require(field, "the nodes of the document" if is_graph else "the steps of the document")
    items = section.list(field)
    if len(items) > bounds.nodes:
        message = f"a document may have {bounds.nodes} nodes; this one has {len(items)}"
        faults.error(section.at(field), "too_many_nodes", message)
        return None
    reading = TramaReading(faults, read_failure_handling(section))
    hooks = {field: read_call(section, field) if section.has(field) else None for field in HOOKS}
    on_success, on_failure = (_hook(hooks[field], reading) for field in HOOKS)
    definition = Definition(
        name=name,
        version=version,
        digest=digest(tree),
        document=tree,
        dialect=Dialect.TRAMA,
        body=read_graph(section, items, reading) if is_graph else read_sequence(section, items, reading),
        on_success=on_success,
        on_failure=on_failure,
    )
    read = TramaRead(definition, reading, hooks, Standpoints(definition))
    _check(read)
    return read


def _check(read: TramaRead) -> None:
    definition, reading, hooks, stands = read
    at_end = zip(HOOKS, (stands.on_success(), stands.on_failure()), strict=True)
    calls = [(call, stand) for field, stand in at_end if (call := hooks[field]) is not None]
    check_graph(definition, reading, stands.order)
    check_expressions(definition, reading, stands, calls)
    check_cases(definition, reading)


def _read_name(section: Section, field: str) -> str:
    section.require(field, "together they name the definition")
    text = section.text(field)
    if text is not None and not NAME.fullmatch(text):
        message = f"`{field}` {quoted(text)} does not match `{NAME.pattern}`"
        section.faults.error(section.at(field), "invalid_name", message)
    return text or ""


def _hook(call: CallRead | None, reading: TramaReading) -> Hook | None:
    if call is None:
        return None
    return Hook(activity=call.activity, retry=forward_retry(reading.policy), timeout_ms=TIMEOUT_MS_DEFAULT)
