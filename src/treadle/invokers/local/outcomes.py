"""What a handler returned or raised becomes an outcome."""

import traceback
from collections.abc import Callable
from typing import Final

import structlog
from msgspec.json import decode, encode

from treadle.invokers.json_bounds import JsonFault, decode_json
from treadle.invokers.local.losses import check_kept
from treadle.invokers.masking import Mask, mask_of
from treadle.model.effects import Invocation
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok
from treadle.worker.registry import FinalError

log = structlog.get_logger(__name__)

RESULT_BYTES_MAX: Final = 1_048_576
"""Of a result as JSON."""
MESSAGE_CHARS_MAX: Final = 2_048
CODE_CHARS_MAX: Final = 128
NOTHING: Final = Ok()
CONTAINERS: Final = (dict, list)
"""The JSON that can be changed."""


def returned(result: object) -> Ok | Failed:
    """Ok with the JSON form of `result`: a copy, so that the handler cannot change it later."""
    if result is None:
        return NOTHING
    try:
        encoded = encode(result)
        if len(encoded) > RESULT_BYTES_MAX:
            return _invalid(f"it has {len(encoded)} bytes as JSON; {RESULT_BYTES_MAX} is the bound")
        body = decode_json(encoded)
        check_kept(result, encoded, body)
    except (TypeError, ValueError, OverflowError, RecursionError, JsonFault) as error:
        return _invalid(str(error))
    return Ok(body=body)


def raised(error: BaseException, invocation: Invocation) -> Failed:
    """Failed with the class name of what was raised; a FinalError with its own code, and final.

    The log has where it was raised: the history keeps no stack of a program. What filled the holes of the
    request is kept out of what is logged here, though the handler may tell it.
    """
    told = log.bind(execution=invocation.execution_id, path=invocation.node, attempt=invocation.attempt)
    mask = mask_of(invocation)
    if isinstance(error, FinalError):
        code = mask(_text(lambda: error.code, FinalError)[:CODE_CHARS_MAX])
        told.info("handler refused", code=code)
        return Failed(code=code, message=_shown(error), cause=Cause.ERROR, is_final=True)
    told.warning("handler raised", **_stack(error, mask))
    return Failed(code=type(error).__name__[:CODE_CHARS_MAX], message=_shown(error), cause=Cause.ERROR)


def copied(value: Json) -> Json:
    """A copy of an input: it is stored with the execution, and a handler may change what it is given."""
    return decode(encode(value)) if isinstance(value, CONTAINERS) else value


def _invalid(message: str) -> Failed:
    return Failed(
        code="invalid_result",
        message=f"what the handler returned is no JSON value: {message}",
        cause=Cause.ERROR,
        is_final=True,
    )


def _stack(error: BaseException, mask: Mask) -> dict[str, BaseException | str]:
    """Where it was raised, as the keys of a log entry."""
    if not mask:
        return {"exc_info": error}
    return {"exception": mask("".join(traceback.format_exception(error)))}


def _shown(error: BaseException) -> str:
    return _text(lambda: error, type(error))[:MESSAGE_CHARS_MAX]


def _text(told: Callable[[], object], instead: type) -> str:
    """What is told, or the name of a type: if it is nothing, or raises something itself."""
    try:
        text = str(told())
    except BaseException:
        text = ""
    # A lone surrogate, as in a file name that is no UTF-8, cannot be stored.
    return text.encode("utf-8", "replace").decode() or instead.__name__
