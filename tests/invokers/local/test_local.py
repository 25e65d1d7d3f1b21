"""Handlers of this process."""

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import AsyncIterator

import msgspec
import pytest
import structlog

from tests.invokers.invocations import get, handler, invocation
from treadle.invokers.local.invoker import LocalInvoker
from treadle.invokers.local.outcomes import MESSAGE_CHARS_MAX, RESULT_BYTES_MAX
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok, Unknown
from treadle.model.requests import HandlerRequest
from treadle.worker import FinalError, HandlerContext, Registry

pytestmark = pytest.mark.anyio

SHORT_MS = 50
BEGUN_MS = 500
"""A handler's thread has begun by then, on a busy machine too."""


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
async def local(registry: Registry) -> AsyncIterator[LocalInvoker]:
    made = LocalInvoker(registry, threads_max=2)
    yield made
    await made.close()


def both(registry: Registry, act: object) -> tuple[str, str]:
    """Register `act`, a plain function of (input), as a plain handler and as an async one."""
    assert callable(act)

    @registry.handler("async")
    async def run(value: Json) -> object:
        return act(value)

    registry.handler("plain")(act)
    return ("async", "plain")


async def test_what_a_handler_returns_is_the_output(registry: Registry, local: LocalInvoker) -> None:
    for name in both(registry, lambda value: {"sum": sum(value), "of": value}):
        assert await local.invoke(handler(name, [1, 2])) == Ok(body={"sum": 3, "of": [1, 2]})


async def test_a_handler_learns_which_attempt_it_makes(registry: Registry, local: LocalInvoker) -> None:
    seen: list[HandlerContext] = []

    @registry.handler()
    async def refund(value: Json, context: HandlerContext) -> None:
        seen.append(context)

    @registry.handler()
    def refund_plainly(value: Json, context: HandlerContext) -> None:
        seen.append(context)

    for name in ("refund", "refund_plainly"):
        asked = invocation(
            HandlerRequest(name=name), attempt=2, key="e-1/charge/undo", compensates="e-1/charge"
        )
        assert await local.invoke(asked) == Ok()
    expected = HandlerContext(
        execution_id="e-1",
        node="charge",
        attempt=2,
        idempotency_key="e-1/charge/undo",
        compensates="e-1/charge",
    )
    assert seen == [expected, expected]


async def test_what_a_handler_does_to_its_input_stays_with_it(
    registry: Registry, local: LocalInvoker
) -> None:
    kept: list[dict[str, Json]] = []

    def spoil(value: dict[str, Json]) -> Json:
        value["items"].append("more")
        value["new"] = 1
        kept.append(value)
        return value

    asked = handler("async", {"items": ["a"]})
    both(registry, spoil)
    outcome = await local.invoke(asked)
    kept[0]["items"].clear()
    assert isinstance(asked.request, HandlerRequest)
    assert asked.request.input == {"items": ["a"]}
    assert outcome == Ok(body={"items": ["a", "more"], "new": 1})


async def test_an_unknown_handler_fails_for_good_and_names_the_known_ones(
    registry: Registry, local: LocalInvoker
) -> None:
    both(registry, lambda value: value)
    outcome = await local.invoke(handler("charge"))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("unknown_handler", True)
    assert "async, plain" in outcome.message


async def test_an_exception_is_failed_with_its_class_name(registry: Registry, local: LocalInvoker) -> None:
    class CardRefused(Exception):
        pass

    def refuse(value: Json) -> Json:
        raise CardRefused("no funds\udcff" + "x" * 5_000)

    for name in both(registry, refuse):
        outcome = await local.invoke(handler(name))
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.cause, outcome.is_final) == ("CardRefused", Cause.ERROR, False)
        assert outcome.message.startswith("no funds?")
        assert len(outcome.message) == MESSAGE_CHARS_MAX


async def test_a_final_error_is_final_under_its_own_code(registry: Registry, local: LocalInvoker) -> None:
    def refuse(value: Json) -> Json:
        raise FinalError("card_refused", "the card is blocked")

    for name in both(registry, refuse):
        assert await local.invoke(handler(name)) == Failed(
            code="card_refused", message="the card is blocked", cause=Cause.ERROR, is_final=True
        )


async def test_a_code_that_cannot_be_stored_is_cleaned_as_a_message_is(
    registry: Registry, local: LocalInvoker
) -> None:
    def refuse(value: Json) -> Json:
        raise FinalError("a\udce9", "m\udce9")

    for name in both(registry, refuse):
        assert await local.invoke(handler(name)) == Failed(
            code="a?", message="m?", cause=Cause.ERROR, is_final=True
        )


class Escape(BaseException):
    """What `except Exception` lets by."""


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even a message")


class Evil(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt


@pytest.mark.parametrize("error", [Unspeakable(), Evil()])
async def test_what_cannot_say_what_it_is_is_told_by_its_type(
    registry: Registry, local: LocalInvoker, error: Exception
) -> None:
    def fail(value: Json) -> Json:
        raise error

    for name in both(registry, fail):
        with structlog.testing.capture_logs():
            outcome = await local.invoke(handler(name))
        assert isinstance(outcome, Failed)
        named = type(error).__name__
        assert (outcome.code, outcome.message, outcome.is_final) == (named, named, False)


async def test_a_code_that_raises_is_told_as_a_final_error(registry: Registry, local: LocalInvoker) -> None:
    def refuse(value: Json) -> Json:
        error = FinalError("code", "m")
        error.code = Evil()  # type: ignore[assignment]  # what a handler may do all the same
        raise error

    for name in both(registry, refuse):
        outcome = await local.invoke(handler(name))
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.message, outcome.is_final) == ("FinalError", "m", True)


@pytest.mark.parametrize(
    "error",
    [SystemExit(1), KeyboardInterrupt(), Escape(), asyncio.CancelledError(), TimeoutError(), Unspeakable()],
)
async def test_nothing_that_a_handler_raises_reaches_the_engine(
    registry: Registry, local: LocalInvoker, error: BaseException
) -> None:
    def fail(value: Json) -> Json:
        raise error

    for name in both(registry, fail):
        outcome = await local.invoke(handler(name))
        assert isinstance(outcome, Failed)
        assert outcome.code == type(error).__name__


@dataclasses.dataclass
class Receipt:
    id: int


@pytest.mark.parametrize(
    ("result", "body"),
    [
        (Receipt(7), {"id": 7}),
        ((1, 2), [1, 2]),
        ({1: "a"}, {"1": "a"}),
        (None, None),
        (0, 0),
        (2**70, 2**70),
        ("", ""),
    ],
)
async def test_a_result_is_its_json_form(
    registry: Registry, local: LocalInvoker, result: object, body: Json
) -> None:
    for name in both(registry, lambda value: result):
        assert await local.invoke(handler(name)) == Ok(body=body)


def endless() -> list[object]:
    inner: list[object] = []
    inner.append(inner)
    return inner


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    "result",
    [
        object(),
        {(1, 2): 3},
        "\ud800",
        endless(),
        nested(65),
        "x" * RESULT_BYTES_MAX,
        {"a": {"b": threading.Lock()}},
    ],
    ids=["object", "key", "surrogate", "endless", "deep", "large", "inside"],
)
async def test_a_result_that_is_no_json_fails_for_good(
    registry: Registry, local: LocalInvoker, result: object
) -> None:
    for name in both(registry, lambda value: result):
        outcome = await local.invoke(handler(name))
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.is_final) == ("invalid_result", True)


@dataclasses.dataclass
class Measured:
    value: float


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (float("inf"), "inf is no number of JSON"),
        ([{"a": float("-inf")}], "-inf is no number of JSON"),
        (Measured(float("nan")), "nan is no number of JSON"),
        ({1: 2, "1": 3}, "two keys of an object are '1' as JSON"),
        ({"deep": ({1.5: None, "1.5": None},)}, "two keys of an object are '1.5' as JSON"),
    ],
)
async def test_a_result_of_which_json_would_keep_less_fails_for_good(
    registry: Registry, local: LocalInvoker, result: object, said: str
) -> None:
    for name in both(registry, lambda value: result):
        outcome = await local.invoke(handler(name))
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.is_final) == ("invalid_result", True)
        assert outcome.message == f"what the handler returned is no JSON value: {said}"


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ({"none": None, "text": "null"}, {"none": None, "text": "null"}),
        ({1: 2, 1.5: 3}, {"1": 2, "1.5": 3}),
        ([1.0, -0.0, 1e22, 10**30, "é\u2028"], [1.0, -0.0, 1e22, 10**30, "é\u2028"]),
        (msgspec.Raw(b"[ null ]"), [None]),
        (Measured(0.5), {"value": 0.5}),
    ],
)
async def test_a_result_that_json_keeps_whole_is_the_output(
    registry: Registry, local: LocalInvoker, result: object, body: Json
) -> None:
    for name in both(registry, lambda value: result):
        assert await local.invoke(handler(name)) == Ok(body=body)


async def test_an_async_handler_is_stopped_at_the_time_limit(registry: Registry, local: LocalInvoker) -> None:
    stopped = asyncio.Event()

    @registry.handler()
    async def wait(value: Json) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    outcome = await local.invoke(handler("wait", timeout_ms=SHORT_MS))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "call_timeout"
    assert stopped.is_set()


async def test_what_an_async_handler_answers_after_its_time_limit_does_not_count(
    registry: Registry, local: LocalInvoker
) -> None:
    @registry.handler()
    async def stay(value: Json) -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return "late"

    outcome = await local.invoke(handler("stay", timeout_ms=SHORT_MS))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "call_timeout"


async def test_a_plain_handler_that_outlives_its_time_limit_keeps_its_thread_and_is_counted(
    registry: Registry, local: LocalInvoker
) -> None:
    let_go = threading.Event()
    ran: list[Json] = []

    @registry.handler()
    def stay(value: Json) -> None:
        let_go.wait(60)
        ran.append(value)

    try:
        for number in (1, 2):
            outcome = await local.invoke(handler("stay", number, timeout_ms=BEGUN_MS))
            assert isinstance(outcome, Unknown)
            assert outcome.code == "call_timeout"
        assert local.outliving == 2
        # Both threads are taken: a third call cannot begin, which is known.
        third = await local.invoke(handler("stay", 3, timeout_ms=SHORT_MS))
    finally:
        let_go.set()
    assert isinstance(third, Failed)
    assert (third.code, third.cause, third.is_final) == ("handler_threads", Cause.ERROR, False)
    assert await local.invoke(handler("stay", 4)) == Ok()
    assert 3 not in ran


async def test_plain_handlers_run_beside_the_loop(registry: Registry, local: LocalInvoker) -> None:
    meeting = threading.Barrier(2, timeout=30)

    @registry.handler()
    def meet(value: Json) -> str:
        meeting.wait()
        return threading.current_thread().name

    names = await asyncio.gather(*(local.invoke(handler("meet")) for _ in range(2)))
    assert all(isinstance(each, Ok) and each.body.startswith("treadle-handler") for each in names)


async def test_a_cancellation_from_outside_passes_through_and_stops_the_handler(
    registry: Registry, local: LocalInvoker
) -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    @registry.handler()
    async def wait(value: Json) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(local.invoke(handler("wait")))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await stopped.wait()


async def test_what_is_no_handler_request_is_an_error_of_the_caller(local: LocalInvoker) -> None:
    with pytest.raises(TypeError, match="not a handler request"):
        await local.invoke(get("http://127.0.0.1/"))


async def test_what_a_handler_raises_is_logged_with_its_place(
    registry: Registry, local: LocalInvoker
) -> None:
    @registry.handler()
    async def stumble(value: Json) -> None:
        raise LookupError("no such order")

    with structlog.testing.capture_logs() as logged:
        await local.invoke(handler("stumble"))
    (entry,) = logged
    assert (entry["event"], entry["log_level"]) == ("handler raised", "warning")
    assert isinstance(entry["exc_info"], LookupError)
    assert entry["exc_info"].__traceback__ is not None
    assert {"execution", "path", "attempt"} <= entry.keys()
