"""What users import to talk to a server: `with Client(url) as client`, or AsyncClient."""

from treadle.client.answers import (
    Attempt,
    AttemptError,
    Compensation,
    Counts,
    Definition,
    DefinitionRef,
    DefinitionRow,
    Event,
    Execution,
    Explanation,
    Failure,
    FailureGroup,
    Graph,
    Info,
    Node,
    NodeItem,
    Reason,
    Summary,
    Validation,
)
from treadle.client.async_client import AsyncClient
from treadle.client.errors import ApiError, ClientError, Unreachable
from treadle.client.limits import Limits
from treadle.client.query import Filters
from treadle.client.start_call import StartOptions
from treadle.client.sync_client import Client
from treadle.model.errors import Fault

__all__ = (
    "ApiError",
    "AsyncClient",
    "Attempt",
    "AttemptError",
    "Client",
    "ClientError",
    "Compensation",
    "Counts",
    "Definition",
    "DefinitionRef",
    "DefinitionRow",
    "Event",
    "Execution",
    "Explanation",
    "Failure",
    "FailureGroup",
    "Fault",
    "Filters",
    "Graph",
    "Info",
    "Limits",
    "Node",
    "NodeItem",
    "Reason",
    "StartOptions",
    "Summary",
    "Unreachable",
    "Validation",
)
