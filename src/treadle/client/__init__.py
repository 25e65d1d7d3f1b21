"""What users import to talk to a server: `with Client(url) as client`, or AsyncClient.

The two clients are imported when they are first named: the HTTP library beneath them takes longer to import
than all else here together, and the command line, which reads streams by the same code, does without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from treadle.client.answers import (
    Attempt,
    AttemptError,
    BulkAct,
    BulkPreview,
    BulkRefusal,
    BulkRefusals,
    Compensation,
    Counts,
    Definition,
    DefinitionRef,
    DefinitionRow,
    EngineRow,
    Event,
    Execution,
    Explanation,
    Failure,
    FailureGroup,
    Graph,
    Info,
    Lease,
    Node,
    NodeItem,
    Reason,
    RoleRow,
    Summary,
    Validation,
)
from treadle.client.errors import ApiError, ClientError, Unreachable
from treadle.client.limits import Limits
from treadle.client.query import Filters
from treadle.client.start_call import StartOptions
from treadle.model.errors import Fault

if TYPE_CHECKING:
    from treadle.client.async_client import AsyncClient
    from treadle.client.sync_client import Client

CLIENTS: Final = {"AsyncClient": "treadle.client.async_client", "Client": "treadle.client.sync_client"}
"""Name -> the module that it is imported from when it is first named."""

__all__ = (
    "ApiError",
    "AsyncClient",
    "Attempt",
    "AttemptError",
    "BulkAct",
    "BulkPreview",
    "BulkRefusal",
    "BulkRefusals",
    "Client",
    "ClientError",
    "Compensation",
    "Counts",
    "Definition",
    "DefinitionRef",
    "DefinitionRow",
    "EngineRow",
    "Event",
    "Execution",
    "Explanation",
    "Failure",
    "FailureGroup",
    "Fault",
    "Filters",
    "Graph",
    "Info",
    "Lease",
    "Limits",
    "Node",
    "NodeItem",
    "Reason",
    "RoleRow",
    "StartOptions",
    "Summary",
    "Unreachable",
    "Validation",
)

if not TYPE_CHECKING:  # else every name would be thought to be there

    def __getattr__(name: str) -> object:
        module = CLIENTS.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(module), name)
        globals()[name] = found
        return found
