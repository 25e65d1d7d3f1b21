"""The document itself: its fields, its defaults, its hooks; the nodes are read by `kinds`."""

from typing import Final

from msgspec import UNSET

from treadle.definition.activities.table import WORDS as ACTIVITY_WORDS
from treadle.definition.activities.table import read_activity
from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_body
from treadle.definition.callbacks import read_callback_fields
from treadle.definition.digest import SCHEMA_COMMENT, digest
from treadle.definition.policies import activity_retry, default_timeout_ms, read_on_unknown, read_retry
from treadle.definition.reading import Defaults, Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.braces import OPENING
from treadle.expressions.places import DOCUMENT_OUTPUT, FAILURE_HOOK, HOOK
from treadle.model.definition import Definition, Hook
from treadle.model.json import Json
from treadle.model.policies import OnUnknown

WORDS: Final = (
    *(SCHEMA_COMMENT, "name", "version", "description", "labels", "input_schema", "defaults", *BODY_WORDS),
    *("output", "deadline", "priority", "vars", "on_success", "on_failure", "on_cancel"),
)
DEFAULTS_WORDS: Final = ("timeout", "retry", "on_unknown", "callback")
PRIORITY_MAX: Final = 100
SUCCESS: Final = Spot(place=HOOK, owner="", role=Role.SUCCESS)
FAILURE: Final = Spot(place=FAILURE_HOOK, owner="", role=Role.STOPPED)
CANCEL: Final = Spot(place=HOOK, owner="", role=Role.STOPPED)


def read_document(tree: Json, reading: Reading) -> Definition:
    """Read a tree; what stands in the place of something faulty has no meaning."""
    section = Section.of(tree, "", reading.faults, "a document")
    section.only(WORDS)
    for field in ("name", "version"):
        section.require(field, "together they name the definition")
    reading.defaults = _read_defaults(section, reading)
    body = read_body(section, reading)
    output = section.raw("output")
    if output is not UNSET:
        spot = Spot(place=DOCUMENT_OUTPUT, owner="", role=Role.END)
        reading.template(output, section.at("output"), spot)
    section.text(SCHEMA_COMMENT)
    schema = section.raw("input_schema")
    return Definition(
        name=section.text("name") or "",
        version=section.text("version") or "",
        digest=digest(tree),
        document=tree,
        description=section.text("description"),
        labels=_read_labels(section),
        input_schema=None if schema is UNSET else schema,
        body=body,
        output=output,
        deadline_ms=section.duration_ms("deadline"),
        priority=section.integer("priority", -PRIORITY_MAX, PRIORITY_MAX) or 0,
        vars=_read_vars(section),
        on_success=_read_hook(section, "on_success", reading, SUCCESS),
        on_failure=_read_hook(section, "on_failure", reading, FAILURE),
        on_cancel=_read_hook(section, "on_cancel", reading, CANCEL),
    )


def _read_defaults(document: Section, reading: Reading) -> Defaults:
    section = document.section("defaults")
    section.only(DEFAULTS_WORDS)
    return Defaults(
        timeout_ms=section.duration_ms("timeout"),
        retry=read_retry(section),
        on_unknown=read_on_unknown(section) or OnUnknown.RETRY,
        callback=read_callback_fields(section, Role.ANYWHERE, "", reading),
    )


def _read_hook(document: Section, field: str, reading: Reading, spot: Spot) -> Hook | None:
    if document.raw(field) is UNSET:
        return None
    section = document.section(field)
    section.only((*ACTIVITY_WORDS, "retry"))
    return Hook(
        activity=read_activity(section, reading, spot),
        retry=activity_retry(section, reading.defaults),
        timeout_ms=default_timeout_ms(reading.defaults),
    )


def _read_labels(document: Section) -> dict[str, str]:
    labels = document.section("labels")
    found = {name: labels.text(name) for name, _, _ in labels.items()}
    return {name: text for name, text in found.items() if text is not None}


def _read_vars(document: Section) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value, pointer in document.section("vars").items():
        if isinstance(value, str) and OPENING in value:
            message = f"the initial value of `{name}` is kept as it is written: nothing is rendered in it"
            document.faults.warn(pointer, "template_not_rendered", message)
        found[name] = value
    return found
