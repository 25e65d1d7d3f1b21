"""What an activity asks of the outside, rendered: stored once and sent unchanged by every attempt."""

from typing import TypeAlias

import msgspec

from treadle.model.json import Json


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="http", omit_defaults=True):
    """One HTTP call. `body` that is a string is sent as text, None as nothing, all else as JSON.

    `success` lists what counts as ok: statuses (`404`) or classes (`2xx`).
    """

    method: str = "GET"
    url: str
    headers: dict[str, str] = {}
    body: Json = None
    success: tuple[str, ...] = ("2xx",)
    follow_redirects: bool = False


class HandlerRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="handler", omit_defaults=True):
    """A call of the Python handler registered under `name`."""

    name: str
    input: Json = None


Request: TypeAlias = HttpRequest | HandlerRequest
