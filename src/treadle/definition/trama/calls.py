"""An HTTP call of a Trama document becomes an activity; where its texts stand is kept for the checks."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from msgspec import UNSET

from treadle.definition.activities.http import fault_of_header_name, fault_of_url
from treadle.definition.section import Section
from treadle.definition.trama.fields import fields_of
from treadle.definition.trama.texts import Written, read_body, read_text
from treadle.expressions.nearest import quoted
from treadle.model.definition import HttpActivity
from treadle.model.json import Json

WORDS: Final = ("url", "verb", "headers", "body", "successStatusCodes")
CODES_BY_VERB: Final = {
    **dict.fromkeys(("GET", "HEAD", "OPTIONS"), ("200",)),
    "POST": ("200", "201", "202"),
    **dict.fromkeys(("PUT", "PATCH", "DELETE"), ("200", "202", "204")),
}
"""What counts as success of a call that does not say it."""
STATUS_MIN: Final = 100
STATUS_MAX: Final = 599
VERBS: Final = tuple(CODES_BY_VERB)


class CallRead(NamedTuple):
    """A call, and where it and each of its texts stands in the document."""

    pointer: str
    activity: HttpActivity
    url: Written
    headers: Mapping[str, Written]
    body: Written | None


NO_CALL: Final = CallRead("", HttpActivity(url=""), Written("", ""), {}, None)
"""Stands in a definition that has a fault there anyway."""


def read_call(owner: Section, field: str) -> CallRead:
    """The call under a field; faults of what stands in it are noted."""
    if not owner.has(field):
        return NO_CALL
    section = fields_of(owner.raw(field), owner.at(field), owner.faults, f"`{field}`", WORDS)
    section.require("url", "the address to call")
    section.require("verb", f"one of {', '.join(VERBS)}")
    verb = section.word("verb", VERBS)
    url = _read_url(section)
    headers = _read_headers(section)
    body = _read_body(section)
    codes = read_codes(section, "successStatusCodes")
    activity = HttpActivity(
        method=verb or "POST",
        url=str(url.value),
        headers={name: str(written.value) for name, written in headers.items()},
        body=None if body is None else body.value,
        success=codes or CODES_BY_VERB[verb or "POST"],
    )
    return CallRead(section.pointer, activity, url, headers, body)


def read_codes(section: Section, field: str) -> tuple[str, ...] | None:
    """The statuses that count as success; None without any."""
    value = section.raw(field)
    if value is UNSET:
        return None
    found: list[str] = []
    for code, pointer in section.list(field):
        is_status = isinstance(code, int) and not isinstance(code, bool)
        if is_status and STATUS_MIN <= code <= STATUS_MAX:
            found.append(str(code))
        else:
            message = f"{quoted(str(code))} is no status: write numbers from {STATUS_MIN} to {STATUS_MAX}"
            section.faults.error(pointer, "invalid_success", message)
    if value == []:
        section.faults.error(section.at(field), "invalid_success", "no status at all counts as success")
    return tuple(dict.fromkeys(found)) or None


def _read_url(section: Section) -> Written:
    if not section.has("url"):
        return Written("", section.at("url"))
    url = read_text(section, "url")
    fault = fault_of_url(url.value)
    if fault is not None:
        section.faults.error(url.pointer, "invalid_url", f"the URL {quoted(url.value)} {fault}")
    return url


def _read_headers(section: Section) -> dict[str, Written]:
    if not section.has("headers"):
        return {}
    headers = Section.of(section.raw("headers"), section.at("headers"), section.faults, "`headers`")
    found: dict[str, Written] = {}
    seen: set[str] = set()
    for name, _, pointer in headers.items():
        fault = fault_of_header_name(name, seen)
        seen.add(name.lower())
        value = read_text(headers, name)
        if fault is None and not _is_written(value.value):
            fault = f"`{name}` has no value"
        if fault is not None:
            section.faults.error(pointer, "invalid_header", fault)
        found[name] = value
    return found


def _read_body(section: Section) -> Written | None:
    if not section.has("body"):
        return None
    body = read_body(section, "body")
    if not _is_written(body.value):
        section.faults.error(body.pointer, "invalid_value", "the body is blank: leave it out")
    return body


def _is_written(value: Json) -> bool:
    return not isinstance(value, str) or bool(value.strip())
