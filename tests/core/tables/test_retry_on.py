"""Which ends of an attempt are tried again."""

import pytest

from treadle.core.backoff import is_retryable
from treadle.model.outcomes import Cause, Failed, Unknown
from treadle.model.policies import RetryPolicy


def answered(status: int) -> Failed:
    return Failed(code=f"http_{status}", message="", cause=Cause.HTTP, http_status=status)


CONNECTION = Failed(code="connection", message="refused", cause=Cause.CONNECTION)
RAISED = Failed(code="CardDeclined", message="no", cause=Cause.ERROR)
FINAL = Failed(code="CardDeclined", message="no", cause=Cause.ERROR, is_final=True)
CALLED_BACK = Failed(code="callback_refused", message="no", cause=Cause.CALLBACK)
FINAL_STATUS = Failed(code="http_503", message="no", cause=Cause.HTTP, http_status=503, is_final=True)
TIMED_OUT = Unknown(code="call_timeout", message="")
GATEWAY = Unknown(code="http_504", message="", http_status=504)

ALWAYS, NEVER = True, False
DEFAULT = RetryPolicy().on


@pytest.mark.parametrize(
    ("on", "end", "is_tried_again"),
    [
        (DEFAULT, TIMED_OUT, ALWAYS),
        (DEFAULT, GATEWAY, ALWAYS),
        (DEFAULT, CONNECTION, ALWAYS),
        (DEFAULT, RAISED, ALWAYS),
        (DEFAULT, FINAL, NEVER),
        (DEFAULT, FINAL_STATUS, NEVER),
        (DEFAULT, CALLED_BACK, NEVER),
        *((DEFAULT, answered(status), ALWAYS) for status in (408, 425, 429, 500, 501, 503, 599)),
        *(
            (DEFAULT, answered(status), NEVER)
            for status in (300, 304, 400, 401, 404, 409, 422, 426, 499, 600)
        ),
        (("unknown",), TIMED_OUT, ALWAYS),
        (("unknown",), GATEWAY, ALWAYS),
        (("unknown",), CONNECTION, NEVER),
        (("unknown",), answered(503), NEVER),
        (("connection",), CONNECTION, ALWAYS),
        (("connection",), RAISED, NEVER),
        (("connection",), TIMED_OUT, NEVER),
        (("error",), RAISED, ALWAYS),
        (("error",), CONNECTION, NEVER),
        (("error",), answered(500), NEVER),
        (("callback",), CALLED_BACK, ALWAYS),
        (("callback",), RAISED, NEVER),
        (("5xx",), answered(500), ALWAYS),
        (("5xx",), GATEWAY, ALWAYS),
        (("5xx",), answered(499), NEVER),
        (("5xx",), RAISED, NEVER),
        (("4xx",), answered(404), ALWAYS),
        (("404",), answered(404), ALWAYS),
        (("404",), answered(403), NEVER),
        (("504",), GATEWAY, ALWAYS),
        (("http_409",), answered(409), ALWAYS),
        (("CardDeclined",), RAISED, ALWAYS),
        (("CardDeclined",), FINAL, NEVER),
        (("cardDeclined",), RAISED, NEVER),
        (("call_timeout",), TIMED_OUT, ALWAYS),
        (("call_timeout",), GATEWAY, NEVER),
        (("all",), TIMED_OUT, ALWAYS),
        (("all",), CONNECTION, ALWAYS),
        (("all",), RAISED, ALWAYS),
        (("all",), CALLED_BACK, ALWAYS),
        (("all",), answered(400), ALWAYS),
        (("all",), FINAL, NEVER),
        (("all",), FINAL_STATUS, NEVER),
        ((), TIMED_OUT, NEVER),
        ((), answered(503), NEVER),
        ((), CONNECTION, NEVER),
        (("429", "CardDeclined"), RAISED, ALWAYS),
        (("429", "CardDeclined"), answered(429), ALWAYS),
        (("429", "CardDeclined"), answered(500), NEVER),
    ],
)
def test_what_is_tried_again(on: tuple[str, ...], end: Failed | Unknown, *, is_tried_again: bool) -> None:
    assert is_retryable(RetryPolicy(on=on), end) is is_tried_again
