"""code -> what it is over HTTP: the one table."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec


class HttpCode(msgspec.Struct, frozen=True, kw_only=True):
    """`is_retryable`: the same request may succeed later; nothing was accepted."""

    status: HTTPStatus
    title: str
    is_retryable: bool = False


def _code(status: HTTPStatus, title: str, *, is_retryable: bool = False) -> HttpCode:
    return HttpCode(status=status, title=title, is_retryable=is_retryable)


INTERNAL: Final = "internal"
CODES: Final[Mapping[str, HttpCode]] = {
    "malformed_request": _code(HTTPStatus.BAD_REQUEST, "The request cannot be read"),
    "invalid_parameter": _code(HTTPStatus.BAD_REQUEST, "A query parameter is unknown or wrong"),
    "malformed_token": _code(HTTPStatus.BAD_REQUEST, "The callback token cannot be read"),
    "unauthenticated": _code(HTTPStatus.UNAUTHORIZED, "Nobody known asks"),
    "bad_signature": _code(HTTPStatus.UNAUTHORIZED, "The callback token was not signed here"),
    "forbidden": _code(HTTPStatus.FORBIDDEN, "The caller may not do this"),
    "not_found": _code(HTTPStatus.NOT_FOUND, "There is nothing at this address"),
    "definition_not_found": _code(HTTPStatus.NOT_FOUND, "There is no such definition"),
    "execution_not_found": _code(HTTPStatus.NOT_FOUND, "There is no such execution"),
    "bulk_act_not_found": _code(HTTPStatus.NOT_FOUND, "There is no such bulk act"),
    "compensation_not_found": _code(HTTPStatus.NOT_FOUND, "There is no such compensation"),
    "unknown_signal": _code(HTTPStatus.NOT_FOUND, "Nothing in the definition waits for such a signal"),
    "method_not_allowed": _code(HTTPStatus.METHOD_NOT_ALLOWED, "The address does not take this method"),
    "request_timeout": _code(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive", is_retryable=True),
    "definition_exists": _code(HTTPStatus.CONFLICT, "The name and version are taken"),
    "execution_exists": _code(HTTPStatus.CONFLICT, "The id is taken"),
    "invalid_transition": _code(HTTPStatus.CONFLICT, "The execution is not in a status for this"),
    "activity_ended": _code(HTTPStatus.CONFLICT, "The activity has ended"),
    "business_key_running": _code(HTTPStatus.CONFLICT, "An execution lives under this business key"),
    "execution_ended": _code(HTTPStatus.CONFLICT, "The execution has ended"),
    "signals_full": _code(HTTPStatus.CONFLICT, "Too many signals are kept already"),
    "nothing_to_wake": _code(HTTPStatus.CONFLICT, "Nothing sleeps or is in back-off"),
    "parent_moved_on": _code(HTTPStatus.CONFLICT, "The parent has taken this failure"),
    "callback_already_used": _code(HTTPStatus.CONFLICT, "A callback has ended the attempt"),
    "attempt_mismatch": _code(HTTPStatus.CONFLICT, "The attempt has ended with a failure"),
    "not_waiting": _code(HTTPStatus.GONE, "Nobody waits for this callback"),
    "callback_expired": _code(HTTPStatus.GONE, "The time of the callback token is over"),
    "too_large": _code(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"),
    "headers_too_large": _code(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large"),
    "unsupported_media_type": _code(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body's type is not read here"),
    "invalid_definition": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "The definition has faults"),
    "invalid_input": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "The input does not fit its schema"),
    "invalid_signal": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "The payload does not fit its schema"),
    "ambiguous_path": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "Several visits fit: say which"),
    "idempotency_mismatch": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "The key was used with another body"),
    "empty_filter": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "The filter says nothing"),
    "reason_required": _code(HTTPStatus.UNPROCESSABLE_ENTITY, "A reason is needed"),
    "rate_limited": _code(HTTPStatus.TOO_MANY_REQUESTS, "The caller's quota is used up", is_retryable=True),
    "bulk_acts_full": _code(
        HTTPStatus.TOO_MANY_REQUESTS, "Too many bulk acts run already", is_retryable=True
    ),
    "overloaded": _code(HTTPStatus.SERVICE_UNAVAILABLE, "Too much is waiting", is_retryable=True),
    "stopping": _code(HTTPStatus.SERVICE_UNAVAILABLE, "The engine is stopping", is_retryable=True),
    "not_owner": _code(HTTPStatus.SERVICE_UNAVAILABLE, "The execution changes hands", is_retryable=True),
    "store_unavailable": _code(
        HTTPStatus.SERVICE_UNAVAILABLE, "The store cannot be reached", is_retryable=True
    ),
    "commit_refused": _code(HTTPStatus.INTERNAL_SERVER_ERROR, "The store refused what was decided"),
    INTERNAL: _code(HTTPStatus.INTERNAL_SERVER_ERROR, "Something is wrong in the server"),
}
