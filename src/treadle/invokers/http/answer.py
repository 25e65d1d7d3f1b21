"""What a service answered becomes an outcome (SEMANTICS 2)."""

from typing import Final

from aiohttp import ClientError, ClientResponse

from treadle.invokers.http.call import Call, shown
from treadle.invokers.http.retry_after import parse_retry_after
from treadle.invokers.http.sending import Sending
from treadle.invokers.json_bounds import JsonFault, decode_json
from treadle.model.ids import Instant
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown

RESPONSE_BYTES_MAX: Final = 1_048_576
"""After decompression."""
FAILURE_BYTES_MAX: Final = 65_536
"""Of the body of a failure that much is read, so that its connection can be kept."""
MESSAGE_BODY_CHARS_MAX: Final = 512
"""Of the body of a failure that much goes into its message."""
RESPONSE_HEADERS_MAX: Final = 64
RESPONSE_HEADER_BYTES_MAX: Final = 16_384
GATEWAY_STATUSES: Final = frozenset({502, 504})
"""A gateway speaks, and does not know whether the service behind it has acted."""
CHARSETS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
SUCCESS_DEFAULT: Final = ("2xx",)


class Unreadable(Exception):
    """The body broke off or is larger than its bound; `start` is what came of it."""

    def __init__(self, message: str, start: bytes) -> None:
        super().__init__(message)
        self.start = start


def is_success(status: int, success: tuple[str, ...]) -> bool:
    """Whether `status` is one of `success`: statuses (`404`) or classes (`2xx`)."""
    if success == SUCCESS_DEFAULT:
        return 200 <= status < 300
    return str(status) in success or f"{status // 100}xx" in success


async def judge(
    response: ClientResponse, call: Call, success: tuple[str, ...], sending: Sending, now: Instant
) -> Outcome:
    """Read the answer as far as it is needed and say how the attempt ended."""
    if is_success(response.status, success):
        return await _judge_success(response)
    described = f"{call.method} {shown(call.url)} answered {response.status}"
    retry_after_ms = parse_retry_after(response.headers.get("Retry-After"), now)
    failure = Failed(
        code=f"http_{response.status}",
        message=described,
        cause=Cause.HTTP,
        http_status=response.status,
        retry_after_ms=retry_after_ms,
    )
    is_gateway = response.status in GATEWAY_STATUSES
    if not is_gateway:
        # From here on the failure is known, even if its body never comes.
        sending.failure = failure
    message = await _with_body(described, response)
    if is_gateway:
        return Unknown(
            code=failure.code,
            message=message,
            http_status=response.status,
            retry_after_ms=retry_after_ms,
        )
    return Failed(
        code=failure.code,
        message=message,
        cause=Cause.HTTP,
        http_status=response.status,
        retry_after_ms=retry_after_ms,
    )


async def _judge_success(response: ClientResponse) -> Ok | Unknown:
    try:
        raw = await _read(response, RESPONSE_BYTES_MAX)
        body = _decode(raw, response.headers.get("Content-Type", ""))
    except (Unreadable, JsonFault) as error:
        return Unknown(
            code="response_unreadable",
            message=f"answered {response.status}, but its body cannot be read: {error}",
            http_status=response.status,
        )
    return Ok(body=body, status=response.status, headers=_headers(response))


async def _with_body(described: str, response: ClientResponse) -> str:
    try:
        raw = await _read(response, FAILURE_BYTES_MAX)
    except Unreadable as error:
        raw = error.start
    # A character has at most 4 bytes in the charsets that are read.
    text = _text(raw[: 4 * MESSAGE_BODY_CHARS_MAX], response.headers.get("Content-Type", ""))
    start = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return f"{described}: {start[:MESSAGE_BODY_CHARS_MAX]}" if start else described


async def _read(response: ClientResponse, bytes_max: int) -> bytes:
    """The whole body.

    Raises:
        Unreadable: it is larger than `bytes_max`, or breaks off; no more than about that was held.
    """
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := await response.content.readany():
            size += len(chunk)
            chunks.append(chunk)
            if size > bytes_max:
                raise Unreadable(f"it is larger than {bytes_max} bytes", b"".join(chunks))
    except (ClientError, OSError) as error:
        raise Unreadable(f"it breaks off after {size} bytes ({error})", b"".join(chunks)) from error
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _decode(raw: bytes, content_type: str) -> Json:
    if not raw:
        return None
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json" or media_type.endswith("+json"):
        return decode_json(raw) if not raw.isspace() else None
    return _text(raw, content_type)


def _text(raw: bytes, content_type: str) -> str:
    """Text in its charset, UTF-8 unless it names another; what is not of that charset is replaced."""
    charset = content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return raw.decode(charset if charset in CHARSETS else "utf-8", "replace")


def _headers(response: ClientResponse) -> dict[str, str]:
    """Names in lower case; repeated ones are joined; within the bounds, in the order of the answer.

    Cookies are left out: none are kept, and they are credentials.
    """
    headers: dict[str, str] = {}
    size = 0
    for name, value in response.headers.items():
        lower = name.lower()
        size += len(name) + len(value)
        if lower == "set-cookie":
            continue
        if size > RESPONSE_HEADER_BYTES_MAX or (
            lower not in headers and len(headers) >= RESPONSE_HEADERS_MAX
        ):
            break
        if not value.isascii():
            # Bytes that are no UTF-8 come as lone surrogates, which no JSON can hold.
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    return headers
