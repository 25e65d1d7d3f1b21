"""What an activity asks of the outside, rendered: stored once and sent unchanged by every attempt."""

from typing import TypeAlias

import msgspec

from treadle.model.ids import Namespace
from treadle.model.json import Json


class Hole(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What is filled in at sending and never stored: `callback.url`, `callback.token` or `secrets.<name>`.

    `is_encoded`: percent-encoded, because it stands in the text of a URL.
    """

    root: str
    name: str
    is_encoded: bool = False


class HoledText(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A text of the request that is only whole when its holes are filled.

    `pointer` is the JSON Pointer to it in the request (`/url`, `/headers/X-Token`, `/body/reply_to`,
    `/input/token`), where null stands; `parts` are put one after the other.
    """

    pointer: str
    parts: tuple[str | Hole, ...]


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
    holes: tuple[HoledText, ...] = ()


class HandlerRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="handler", omit_defaults=True):
    """A call of the Python handler registered under `name`."""

    name: str
    input: Json = None
    holes: tuple[HoledText, ...] = ()


class DefinitionRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="definition"):
    """Which definition a child is to run (`name` or `name@version`), and whether it takes that input.

    The engine answers it itself, with a FoundDefinition as the body.
    """

    namespace: Namespace
    definition: str
    input: Json


Request: TypeAlias = HttpRequest | HandlerRequest | DefinitionRequest
