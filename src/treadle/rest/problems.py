"""What goes wrong, as problem details (RFC 9457)."""

from collections.abc import Mapping
from typing import Final

import msgspec
import structlog
from starlette.responses import Response

from treadle.model.errors import Fault, Rejected, TreadleError, Unavailable
from treadle.rest.codes import CODES, INTERNAL

PROBLEM_JSON: Final = "application/problem+json"
NOWHERE: Final[Mapping[str, str | None]] = {}
log = structlog.get_logger(__name__)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """`errors` holds every fault that was looked for, each with a JSON Pointer into the request's body."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    errors: tuple[Fault, ...] = ()


class ProblemResponse(Response):
    """The answer to a request that ended in an error; `code` is that of the problem."""

    media_type = PROBLEM_JSON

    def __init__(self, problem: Problem, headers: Mapping[str, str]) -> None:
        super().__init__(msgspec.json.encode(problem), status_code=problem.status, headers=headers)
        self.code = problem.code


def problem_of(error: Exception, place: Mapping[str, str | None] = NOWHERE) -> Problem:
    """What is told of an error: all of the caller's and of what passes, nothing of our own faults.

    `place` is what the log of the server says of the request beside such a fault.
    """
    if not isinstance(error, Rejected | Unavailable) or error.code not in CODES:
        log.error("request failed", code=INTERNAL, exc_info=error, **place)
        return _problem(INTERNAL, "the request could not be carried out; the log of the server says why", ())
    if error.code == INTERNAL:
        log.error("request failed", code=INTERNAL, exc_info=error, **place)
    return _problem(error.code, error.message, error.errors if isinstance(error, Rejected) else ())


def problem_response(
    error: Exception, headers: Mapping[str, str] | None = None, place: Mapping[str, str | None] = NOWHERE
) -> ProblemResponse:
    """The answer to a request that ended in an error."""
    problem = problem_of(error, place)
    sent = dict(headers or {})
    if isinstance(error, Unavailable):
        sent["Retry-After"] = str(error.retry_after_s)
    if problem.code == "unauthenticated":
        sent["WWW-Authenticate"] = "Bearer"
    return ProblemResponse(problem, sent)


def method_not_allowed(method: str, path: str) -> TreadleError:
    return Rejected("method_not_allowed", f"{path} does not take {method}")


def not_found(path: str) -> TreadleError:
    return Rejected("not_found", f"there is nothing at {path}")


def _problem(code: str, detail: str, errors: tuple[Fault, ...]) -> Problem:
    known = CODES[code]
    return Problem(
        type=f"urn:treadle:{code}",
        title=known.title,
        status=known.status.value,
        detail=detail,
        code=code,
        retryable=known.is_retryable,
        errors=errors,
    )
