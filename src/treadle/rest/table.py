"""The one table of routes, and the application made of it."""

from typing import Final

from starlette.routing import Route as PathRoute
from starlette.routing import Router
from starlette.types import ASGIApp

from treadle.model.api_keys import Scope
from treadle.rest import act_refusals
from treadle.rest.addresses import Addresses
from treadle.rest.bulk_acts import begin_bulk_act, get_bulk_act, list_bulk_acts, stop_bulk_act
from treadle.rest.callbacks import Accepted, deliver_callback
from treadle.rest.definitions import (
    delete_definition,
    get_definition,
    list_definitions,
    put_definition,
    validate_definition,
)
from treadle.rest.describing import described
from treadle.rest.edge import Edge, Info
from treadle.rest.endpoint import Endpoint, Nowhere
from treadle.rest.events import EVENT_STREAM, follow_events
from treadle.rest.executions import (
    act_on_compensation,
    act_on_execution,
    count_executions,
    get_execution,
    get_explanation,
    get_history,
    list_executions,
    list_failures,
    list_nodes,
    send_signal,
    start_execution,
)
from treadle.rest.operations import (
    Liveness,
    Readiness,
    info,
    list_engines,
    list_roles,
    livez,
    metrics,
    readyz,
)
from treadle.rest.queries import (
    BulkQuery,
    DefinitionsQuery,
    ExecutionQuery,
    ExecutionsQuery,
    FilterQuery,
    HistoryQuery,
    NodesQuery,
)
from treadle.rest.routing import DOCUMENT_TYPES, Route
from treadle.rest.schemas import SCHEMA_JSON, get_definition_schema
from treadle.service.act_orders import ReasonOrder
from treadle.service.acts import COMPENSATION_ACTS, EXECUTION_ACTS
from treadle.service.bulk import BulkPage, BulkPreview, BulkView
from treadle.service.bulk_orders import BulkOrder
from treadle.service.definitions import DefinitionPage, DefinitionView, Validation
from treadle.service.engines import EngineList, RoleList
from treadle.service.executions import HistoryPage
from treadle.service.explanations import Explanation
from treadle.service.history import HistoryItem
from treadle.service.lists import Counts, FailurePage, SummaryPage
from treadle.service.node_pages import NodePage
from treadle.service.orders import StartOrder
from treadle.service.views import ExecutionView
from treadle.telemetry.metric import OPENMETRICS

ROWS: Final = (
    Route(
        method="POST",
        path="/v1/definitions",
        handler=put_definition,
        scope=Scope.OPERATE,
        summary="Keep a definition",
        responses={201: DefinitionView, 200: DefinitionView},
        types=DOCUMENT_TYPES,
        answer_headers=("Location",),
        refusals=("definition_exists", "invalid_definition"),
    ),
    Route(
        method="GET",
        path="/v1/definitions",
        handler=list_definitions,
        summary="List definitions, newest first",
        responses={200: DefinitionPage},
        query=DefinitionsQuery,
    ),
    Route(
        method="POST",
        path="/v1/definitions/validate",
        handler=validate_definition,
        scope=Scope.RUN,
        is_refused_first=True,
        summary="Say everything that is to be said of a document, and keep nothing",
        responses={200: Validation},
        types=DOCUMENT_TYPES,
    ),
    Route(
        method="GET",
        path="/v1/definitions/{name}",
        handler=get_definition,
        summary="The version stored last",
        responses={200: DefinitionView},
        refusals=("definition_not_found",),
    ),
    Route(
        method="GET",
        path="/v1/definitions/{name}/{version}",
        handler=get_definition,
        summary="One version, deleted or not",
        responses={200: DefinitionView},
        refusals=("definition_not_found",),
    ),
    Route(
        method="DELETE",
        path="/v1/definitions/{name}/{version}",
        handler=delete_definition,
        scope=Scope.OPERATE,
        summary="Delete one version: its name and version stay taken",
        responses={204: None},
        refusals=("definition_not_found",),
    ),
    Route(
        method="GET",
        path="/v1/schemas/definition",
        handler=get_definition_schema,
        summary="The JSON Schema of a document",
        responses={200: dict},
        answers_in=SCHEMA_JSON,
    ),
    Route(
        method="POST",
        path="/v1/executions",
        handler=start_execution,
        scope=Scope.RUN,
        is_refused_first=True,
        summary="Start an execution",
        responses={202: ExecutionView, 200: ExecutionView},
        request=StartOrder,
        headers=("Idempotency-Key", "Prefer", "traceparent"),
        answer_headers=("Location", "Preference-Applied"),
        refusals=(
            "definition_not_found",
            "execution_exists",
            "business_key_running",
            "invalid_definition",
            "invalid_input",
            "idempotency_mismatch",
        ),
    ),
    Route(
        method="GET",
        path="/v1/executions",
        handler=list_executions,
        summary="List executions, newest first",
        responses={200: SummaryPage},
        query=ExecutionsQuery,
    ),
    Route(
        method="GET",
        path="/v1/executions/counts",
        handler=count_executions,
        summary="Count executions by status",
        responses={200: Counts},
        query=FilterQuery,
    ),
    Route(
        method="GET",
        path="/v1/executions/failures",
        handler=list_failures,
        summary="Failed and stuck executions, in groups that failed alike",
        responses={200: FailurePage},
        query=ExecutionsQuery,
    ),
    Route(
        method="POST",
        path="/v1/executions/bulk",
        handler=begin_bulk_act,
        scope=Scope.OPERATE,
        summary="Act on every execution that matches, or say how many do",
        responses={202: BulkView, 200: BulkPreview},
        request=BulkOrder,
        refusals=("empty_filter", "bulk_acts_full"),
    ),
    Route(
        method="GET",
        path="/v1/bulk",
        handler=list_bulk_acts,
        summary="List bulk acts, newest first",
        responses={200: BulkPage},
        query=BulkQuery,
    ),
    Route(
        method="GET",
        path="/v1/bulk/{id}",
        handler=get_bulk_act,
        summary="How far a bulk act has come",
        responses={200: BulkView},
        refusals=("bulk_act_not_found",),
    ),
    Route(
        method="POST",
        path="/v1/bulk/{id}/stop",
        handler=stop_bulk_act,
        scope=Scope.OPERATE,
        summary="Stop a bulk act",
        responses={202: BulkView},
        refusals=("bulk_act_not_found",),
    ),
    Route(
        method="GET",
        path="/v1/executions/{id}",
        handler=get_execution,
        summary="One execution as it is now, or as it was after an event",
        responses={200: ExecutionView},
        query=ExecutionQuery,
        refusals=("execution_not_found",),
    ),
    Route(
        method="GET",
        path="/v1/executions/{id}/nodes",
        handler=list_nodes,
        summary="The visits of an execution, newest first",
        responses={200: NodePage},
        query=NodesQuery,
        refusals=("execution_not_found",),
    ),
    Route(
        method="GET",
        path="/v1/executions/{id}/history",
        handler=get_history,
        summary="What happened to an execution, oldest first",
        responses={200: HistoryPage},
        query=HistoryQuery,
        refusals=("execution_not_found",),
    ),
    Route(
        method="GET",
        path="/v1/executions/{id}/events",
        handler=follow_events,
        summary="What happens to an execution, as it happens",
        responses={200: HistoryItem, 204: None},
        answers_in=EVENT_STREAM,
        headers=("Last-Event-ID",),
        refusals=("execution_not_found", "overloaded"),
    ),
    Route(
        method="GET",
        path="/v1/executions/{id}/explanation",
        handler=get_explanation,
        summary="Why an execution is not moving now",
        responses={200: Explanation},
        refusals=("execution_not_found",),
    ),
    Route(
        method="POST",
        path="/v1/executions/{id}/signals/{name}",
        handler=send_signal,
        scope=Scope.RUN,
        summary="Send a signal",
        responses={202: ExecutionView},
        is_any_json=True,
        headers=("Idempotency-Key",),
        refusals=(
            "execution_not_found",
            "unknown_signal",
            "execution_ended",
            "signals_full",
            "invalid_signal",
            "idempotency_mismatch",
        ),
    ),
    *(
        Route(
            method="POST",
            path=f"/v1/executions/{{id}}/{name}",
            handler=act_on_execution(name),
            scope=Scope.OPERATE,
            summary=act.summary,
            responses={202: ExecutionView},
            request=act.order,
            is_body_needed=False,
            refusals=act_refusals.execution_act(name),
        )
        for name, act in EXECUTION_ACTS.items()
    ),
    *(
        Route(
            method="POST",
            path=f"/v1/executions/{{id}}/compensations/{{path:path}}/{act}",
            handler=act_on_compensation(act),
            scope=Scope.OPERATE,
            summary=f"{act.capitalize()} a compensation that is stuck",
            responses={202: ExecutionView},
            request=ReasonOrder,
            is_body_needed=False,
            refusals=act_refusals.compensation_act(act),
        )
        for act in COMPENSATION_ACTS
    ),
    *(
        Route(
            method="POST",
            path=path,
            handler=deliver_callback,
            summary="Answer an async activity",
            responses={202: Accepted},
            is_any_json=True,
            is_open=True,
            headers=("X-Callback-Token",),
            refusals=(
                "malformed_token",
                "bad_signature",
                "callback_already_used",
                "attempt_mismatch",
                "callback_expired",
                "not_waiting",
                "headers_too_large",
            ),
        )
        for path in ("/v1/callbacks/{token}", "/v1/callbacks")
    ),
    Route(
        method="GET",
        path="/livez",
        handler=livez,
        summary="Whether the process answers",
        responses={200: Liveness},
        is_open=True,
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=readyz,
        summary="Whether the engine takes work, and if not why",
        responses={200: Readiness, 503: Readiness},
        is_open=True,
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=metrics,
        summary="What the process counts and measures",
        responses={200: str},
        answers_in=OPENMETRICS,
    ),
    Route(
        method="GET",
        path="/v1/info",
        handler=info,
        summary="What this server is",
        responses={200: Info},
    ),
    Route(
        method="GET",
        path="/v1/engines",
        handler=list_engines,
        summary="The engines of the store",
        responses={200: EngineList},
    ),
    Route(
        method="GET",
        path="/v1/roles",
        handler=list_roles,
        summary="The duties among the engines",
        responses={200: RoleList},
    ),
)
ROUTES: Final = described(ROWS)


def application(edge: Edge) -> ASGIApp:
    """The ASGI application of the table.

    Rows of one path share an endpoint; of several paths that fit a request the first counts.
    """
    paths: dict[str, list[Route]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, []).append(route)
    endpoints = {path: Endpoint(routes, edge) for path, routes in paths.items()}
    others = [PathRoute(path, endpoint) for path, endpoint in endpoints.items()]
    return Addresses(endpoints, Router(others, redirect_slashes=False, default=Nowhere(edge)))
