"""How an attempt ended: ok, failed or unknown (SEMANTICS 2)."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json


class Cause(StrEnum):
    """The class of a failure that `retry.on` may name."""

    HTTP = "http"
    CONNECTION = "connection"
    ERROR = "error"
    CALLBACK = "callback"


class Ok(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Answered with success. `status` and `headers` (names in lower case) are those of an HTTP answer."""

    body: Json = None
    status: int | None = None
    headers: dict[str, str] = {}


class Failed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Answered with a failure, or it never left. `is_final`: not to be retried, whatever `retry.on` says."""

    code: str
    message: str
    cause: Cause
    http_status: int | None = None
    retry_after_ms: int | None = None
    is_final: bool = False


class Unknown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """It left and nobody knows what became of it. `is_lost`: with its process."""

    code: str
    message: str
    http_status: int | None = None
    retry_after_ms: int | None = None
    is_lost: bool = False


Outcome: TypeAlias = Ok | Failed | Unknown


class FoundDefinition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a child that is to be started needs of its definition: the body of a DefinitionRequest's answer.

    `node` is the first node of its root body, None when that is empty.
    """

    name: str
    version: str
    digest: Digest
    node: NodeId | None = None
    vars: dict[str, Json] = {}
    priority: int = 0
    deadline_ms: int | None = None
