"""A request's body and type, within the bounds of size and time."""

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from treadle.model.errors import Rejected
from treadle.rest.bounds import BODY_BYTES_MAX, BODY_READ_S_MAX

LENGTH_DIGITS_MAX: Final = 18


async def read_body(
    request: Request, bytes_max: int = BODY_BYTES_MAX, within_s: float = BODY_READ_S_MAX
) -> bytes:
    """All of the body, whether its length was told or not.

    Raises:
        Rejected: `too_large`, as soon as that is known, or `request_timeout`.
    """
    told = request.headers.get("content-length")
    if told is not None and told.isdecimal() and int(told[:LENGTH_DIGITS_MAX]) > bytes_max:
        raise _too_large(bytes_max)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(within_s):
            async for chunk in request.stream():
                size += len(chunk)
                if size > bytes_max:
                    raise _too_large(bytes_max)
                chunks.append(chunk)
    except TimeoutError as error:
        raise Rejected("request_timeout", f"the body did not arrive within {within_s} s") from error
    return b"".join(chunks)


def read_media_type(headers: Mapping[str, str], known: Mapping[str, str]) -> str:
    """What a body is written in: the entry of its type in `known`.

    Raises:
        Rejected: `unsupported_media_type`.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Rejected("unsupported_media_type", f"a body in {encoding!r} is not read: send it as it is")
    told = headers.get("content-type", "")
    essence, *parameters = (part.strip().lower() for part in told.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise Rejected("unsupported_media_type", f"text is read as UTF-8, not {value}")
    written_in = known.get(essence)
    if written_in is None:
        what = repr(essence) if essence else "a body without Content-Type"
        raise Rejected("unsupported_media_type", f"{what} is not read here: send {', '.join(known)}")
    return written_in


def _too_large(bytes_max: int) -> Rejected:
    return Rejected("too_large", f"a body may have {bytes_max:,} bytes")
