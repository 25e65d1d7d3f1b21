"""The call that starts an execution."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final, Literal, TypedDict, Unpack

import msgspec

from treadle.client.answers import Execution
from treadle.client.call import Call, instant, keyed, post
from treadle.client.limits import WAIT_S_MAX
from treadle.client.query import check_known
from treadle.model.json import Json

KEY_BYTES: Final = 24
"""Of a generated idempotency key: beyond all chance of meeting another one."""


class StartOptions(TypedDict, total=False):
    """What a start may say beside its definition and input.

    business_key: what the execution is about, in your words; business_key_policy: what happens when one of
        the same definition lives under that key: `allow` another, `reject` this one, `return` the living one.
    id: a UUID of your choice.
    start_at: when it begins; deadline: an instant, or a duration from the start on (`timedelta` or `2h`).
    idempotency_key: the same key with the same order starts nothing twice. One is made up where none is
        given, so that the attempts of this one call count as one.
    wait: seconds, at most 60, that the server waits for the end before it answers with what there is.
    """

    business_key: str | None
    business_key_policy: Literal["allow", "reject", "return"]
    id: str | None
    labels: Mapping[str, str]
    priority: int | None
    start_at: datetime | str | None
    deadline: datetime | timedelta | str | None
    idempotency_key: str | None
    wait: int | None


def start(
    definition: str | Mapping[str, Json],
    input: Json = msgspec.UNSET,  # noqa: A002 - what the API and the definition call it
    **options: Unpack[StartOptions],
) -> Call[Execution]:
    """Start an execution of `name`, of `name@version`, or of a document of its own.

    It is durable when this returns. It may be sent several times and starts one execution all the same.

    Raises:
        ApiError: `definition_not_found`, `invalid_definition`, `invalid_input`, `business_key_running`,
            `execution_exists` (the id), `idempotency_mismatch` (the key was used with another order).
        TypeError, ValueError: an option that is not known, or cannot be sent.
    """
    check_known(options, StartOptions)
    order = {
        "definition": definition if isinstance(definition, str) else {"document": dict(definition)},
        "input": input,
        **{name: options.get(name, msgspec.UNSET) for name in ("id", "priority", "business_key_policy")},
        "business_key": options.get("business_key"),
        "labels": dict(options.get("labels", {})),
        "start_at": _instant(options.get("start_at")),
        "deadline": _deadline(options.get("deadline")),
    }
    given = {name: value for name, value in order.items() if _is_given(name, value)}
    wait_s = _wait_s(options.get("wait"))
    headers = keyed(options.get("idempotency_key") or token_urlsafe(KEY_BYTES))
    if wait_s:
        headers["Prefer"] = f"wait={wait_s}"
    call = post("/v1/executions", Execution, given, headers)
    return msgspec.structs.replace(call, is_repeatable=True, wait_s=wait_s)


def _is_given(name: str, value: Json) -> bool:
    """An input of None is one."""
    return value is not msgspec.UNSET and (value is not None or name == "input")


def _wait_s(seconds: int | None) -> int:
    if seconds is None:
        return 0
    if not 0 <= seconds <= WAIT_S_MAX:
        raise ValueError(f"a server waits for at most {WAIT_S_MAX} s: use `wait(id)` for more")
    return int(seconds)


def _instant(value: datetime | str | None) -> str | None:
    return None if value is None else instant(value)


def _deadline(value: datetime | timedelta | str | None) -> str | None:
    if isinstance(value, timedelta):
        return f"{value // timedelta(milliseconds=1)}ms"
    return _instant(value)
