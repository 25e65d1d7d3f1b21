"""`http`: method, URL, query, headers, body, and what counts as success."""

import re
from typing import Final
from urllib.parse import urlsplit

from msgspec import UNSET

from treadle.definition.reading import Reading, Spot
from treadle.definition.section import Section
from treadle.expressions.braces import OPENING, cut
from treadle.expressions.faults import PathError
from treadle.expressions.nearest import quoted
from treadle.model.definition import HttpActivity
from treadle.model.json import Json

WORDS: Final = ("method", "url", "query", "headers", "body", "success", "follow_redirects", "auth")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SCHEMES: Final = ("http://", "https://")
HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
FRAMING: Final = frozenset({"connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"})
"""Headers that say how a message is cut on the wire: the sender's business."""
FORBIDDEN_IN_URL: Final = re.compile(r"[\x00-\x20\x7f]")
ENCODED_SCHEME: Final = (
    "the URL begins with an expression and goes on: what is put into a text is percent-encoded, so no scheme "
    "survives and it can never be called; make all of it one expression, as "
    '`{{ input.base + "/orders/" + input.id.percentEncode() }}`'
)
AUTHORIZATION: Final = "Authorization"
SECRET_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
SUCCESS: Final = re.compile(r"[1-5](?:[0-9][0-9]|xx)")


def read_http(value: Json, pointer: str, reading: Reading, spot: Spot) -> HttpActivity:
    """Read an HTTP call; every template in it is checked."""
    section = Section.of(value, pointer, reading.faults, "`http`")
    section.only(WORDS)
    section.require("url", "the address to call")
    body = section.raw("body")
    if body is not UNSET:
        reading.template(body, section.at("body"), spot)
    return HttpActivity(
        method=_read_method(section),
        url=_read_url(section, reading, spot),
        query=_read_query(section, reading, spot),
        headers=_read_headers(section, reading, spot) | _read_auth(section),
        body=None if body is UNSET else body,
        success=_read_success(section) if section.has("success") else ("2xx",),
        follow_redirects=section.flag("follow_redirects", default=False),
    )


def _read_method(section: Section) -> str:
    written = section.text("method")
    if written is None:
        return "GET"
    method = written.upper() if written.isascii() else written
    if method not in METHODS:
        message = f"{quoted(written)} is none of {', '.join(METHODS)}{section.faults.hint(method, METHODS)}"
        section.faults.error(section.at("method"), "invalid_method", message)
    return method


def _read_url(section: Section, reading: Reading, spot: Spot) -> str:
    url = section.text("url")
    if url is None:
        return ""
    fault = fault_of_url(url)
    if fault is not None:
        section.faults.error(section.at("url"), "invalid_url", f"the URL {quoted(url)} {fault}")
    if _has_encoded_scheme(url):
        section.faults.warn(section.at("url"), "encoded_scheme", ENCODED_SCHEME)
    reading.url(url, section.at("url"), spot)
    return url


def fault_of_url(url: str) -> str | None:
    """What is wrong with a URL as far as it is fixed, to complete the sentence "the URL ..."."""
    try:
        parts = cut(url)
    except PathError:
        return None  # the expression itself is a fault
    fixed = [part for part in parts if isinstance(part, str)]
    if not url.startswith(OPENING) and not url.lower().startswith(SCHEMES):
        return "begins neither with `http://` nor with `https://`"
    if any(map(FORBIDDEN_IN_URL.search, fixed)):
        return "has blanks or control characters in it: write them as `%20` and the like"
    if len(fixed) < len(parts):
        return None
    if not _has_host(url):
        return "names no host, or a port that is none"
    if "@" in urlsplit(url).netloc:
        return "has credentials in it: send them with `auth`, or in a header from `secrets`"
    return None


def _has_encoded_scheme(url: str) -> bool:
    """Whether the URL begins with an expression, no literal, and goes on."""
    if not url.startswith(OPENING):
        return False
    try:
        first, *rest = cut(url)
    except (PathError, ValueError):
        return False
    return bool(rest) and not isinstance(first, str) and first.text[:1] not in {'"', "'"}


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _read_query(section: Section, reading: Reading, spot: Spot) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if not section.has("query"):
        return found
    query = section.section("query")
    for name, value, pointer in query.items():
        reading.query_value(value, pointer, spot)
        found[name] = value
    return found


def _read_auth(section: Section) -> dict[str, str]:
    """The header that shows a secret as the bearer's key; the secret is filled in at sending."""
    name = section.text("auth")
    if name is None:
        return {}
    if SECRET_NAME.fullmatch(name) is None:
        message = f"{quoted(name)} is no name of a secret: letters, digits, `_` and `-`"
        section.faults.error(section.at("auth"), "invalid_name", message)
    written = section.raw("headers")
    if isinstance(written, dict) and AUTHORIZATION.lower() in map(str.lower, written):
        message = "`auth` writes the header `Authorization`, which stands in `headers` too: keep one of them"
        section.faults.error(section.at("auth"), "conflicting_fields", message)
    return {AUTHORIZATION: f'Bearer {{{{ secrets["{name}"] }}}}'}


def _read_headers(section: Section, reading: Reading, spot: Spot) -> dict[str, str]:
    found: dict[str, str] = {}
    if not section.has("headers"):
        return found
    headers = section.section("headers")
    seen: set[str] = set()
    for name, _, pointer in headers.items():
        fault = fault_of_header_name(name, seen)
        if fault is not None:
            section.faults.error(pointer, "invalid_header", fault)
        seen.add(name.lower())
        value = headers.text(name)
        if value is not None:
            reading.header(value, pointer, spot)
            found[name] = value
    return found


def fault_of_header_name(name: str, seen: set[str]) -> str | None:
    """What is wrong with the name of a header; `seen` are those before it, in lower case."""
    if not HEADER_NAME.fullmatch(name):
        return f"{quoted(name)} is no name of a header"
    if name.lower() in FRAMING:
        return f"`{name}` is set by the sender itself"
    return f"`{name}` stands here twice, in other letters" if name.lower() in seen else None


def _read_success(section: Section) -> tuple[str, ...]:
    codes: list[str] = []
    for item, pointer in section.list("success"):
        code = str(item) if isinstance(item, int) else item
        if isinstance(code, str) and SUCCESS.fullmatch(code):
            codes.append(code)
        else:
            message = f"{quoted(str(item))} is no status (`204`) and no class of them (`2xx`)"
            section.faults.error(pointer, "invalid_success", message)
    if not codes and section.raw("success") == []:
        section.faults.error(section.at("success"), "invalid_success", "no status at all counts as success")
    return tuple(codes)
