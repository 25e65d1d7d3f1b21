"""Typed ids, and the names that an execution gives to its visits (SEMANTICS 1)."""

import hashlib
import re
from typing import Final, NewType

ExecutionId = NewType("ExecutionId", str)
NodeId = NewType("NodeId", str)
Path = NewType("Path", str)
"""The name of one visit: node id, `[i]` for each enclosing iteration, `~k` from the second visit on."""
FrameId = NewType("FrameId", int)
"""The `seq` of the event that opened the frame."""
ActivityId = NewType("ActivityId", int)
"""The `seq` of the event that started an attempt or a timer."""
EngineId = NewType("EngineId", str)
BulkId = NewType("BulkId", str)
"""A bulk act."""
Namespace = NewType("Namespace", str)
Instant = NewType("Instant", int)
"""Milliseconds since the Unix epoch, UTC."""
Digest = NewType("Digest", str)
"""`sha256:` and 64 lower-case hex digits."""

NODE_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
IDEMPOTENCY_KEY_CHARS_MAX: Final = 255


def visit_path(node: NodeId, suffix: str, number: int) -> Path:
    """The path of the `number`-th visit (from 1) to `node` in the iteration named by `suffix`."""
    return Path(f"{node}{suffix}" if number == 1 else f"{node}{suffix}~{number}")


def node_of(path: Path) -> NodeId:
    """The node that the visit `path` is of."""
    return NodeId(path.partition("~")[0].partition("[")[0])


def forward_key(execution_id: ExecutionId, path: Path) -> str:
    """The Idempotency-Key of a visit's own activity."""
    return f"{execution_id}/{path}"


def undo_key(execution_id: ExecutionId, path: Path) -> str:
    """The Idempotency-Key of a visit's compensation."""
    return f"{execution_id}/{path}/undo"


def child_id(parent: ExecutionId, path: Path) -> ExecutionId:
    """The id of the execution that the visit `path` starts: UUIDv5 (RFC 9562) of parent and path.

    Written out here because the library's module of that name also draws at random.
    """
    namespace = bytes.fromhex(parent.replace("-", ""))
    digest = bytearray(hashlib.sha1(namespace + path.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return ExecutionId("-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])))


def hook_key(execution_id: ExecutionId, hook: str, run: int) -> str:
    """The Idempotency-Key of a hook; `hook` is `on_success`, `on_failure` or `on_cancel`."""
    return f"{execution_id}/${hook}/{run}"
