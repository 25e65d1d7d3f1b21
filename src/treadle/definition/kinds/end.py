"""`end`: the end of the execution, by its own word."""

from typing import Final

from msgspec import UNSET

from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.expressions.places import VALUE
from treadle.model.definition import End
from treadle.model.ids import NODE_ID
from treadle.model.json import Json

STATUSES: Final = ("completed", "failed")
CODE_DEFAULT: Final = "failed"
OTHERS: Final = {
    "completed": ("error", "write `status: failed`, or leave it out"),
    "failed": ("output", "a failed execution has none; say in `error.message` what is to be known of it"),
}
"""By status the field that is of the other one, and what to do."""


def read_end(section: Section, head: Head, reading: Reading) -> End:
    """Read an end."""
    section.require("status", f"one of {', '.join(STATUSES)}")
    status = section.word("status", STATUSES)
    _check_fields(section, status)
    error = section.section("error")
    error.only(("code", "message"))
    message = error.text("message")
    if message is not None:
        reading.text(message, error.at("message"), _spot(section))
    return End(
        **head.fields,
        is_failed=status == "failed",
        output=_read_output(section, reading),
        code=(_read_code(error) or CODE_DEFAULT) if status == "failed" else None,
        message=message,
    )


def _check_fields(section: Section, status: str | None) -> None:
    """`output` is that of a completed execution, `error` that of a failed one."""
    other, instead = OTHERS.get(status or "", ("", ""))
    if section.has(other):
        message = f"`{other}` does not go with `status: {status}`: {instead}"
        section.faults.error(section.at(other), "conflicting_fields", message)


def _read_output(section: Section, reading: Reading) -> Json:
    output = section.raw("output")
    if output is not UNSET:
        reading.template(output, section.at("output"), _spot(section))
    return output


def _read_code(error: Section) -> str | None:
    code = error.text("code")
    if code is not None and not NODE_ID.fullmatch(code):
        message = f"the code {quoted(code)} does not match `{NODE_ID.pattern}`"
        error.faults.error(error.at("code"), "invalid_name", message)
    return code


def _spot(section: Section) -> Spot:
    return Spot(place=VALUE, owner=section.pointer, role=Role.BEFORE)


END: Final = KindReader(words=frozenset({"status", "output", "error"}), read=read_end)
