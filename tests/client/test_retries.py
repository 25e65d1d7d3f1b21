"""What a client does when a server refuses for now, breaks off, or is none."""

import socket

import msgspec
import pytest

from tests.client.asking import AT_ONCE, Kind, asking
from tests.client.scripted import EXECUTION, Answer, cut, dropped, refused, scripted, strange, well
from treadle.client import ApiError, Limits, Unreachable

pytestmark = pytest.mark.anyio
ID = EXECUTION["id"]
UNKNOWN_ENDS = [dropped, cut, strange(), strange(200), strange(307, "")]


@pytest.mark.parametrize("end", UNKNOWN_ENDS)
async def test_a_question_is_asked_again_until_it_is_answered(kind: Kind, end: Answer) -> None:
    async with scripted(end, refused("overloaded"), end) as server, asking(kind, server.url) as asked:
        assert (await asked.call("execution", ID)).id == ID
        assert len(server.requests) == 4


@pytest.mark.parametrize("end", UNKNOWN_ENDS)
async def test_a_start_is_sent_again_under_the_same_made_up_key(kind: Kind, end: Answer) -> None:
    async with scripted(end, end) as server, asking(kind, server.url) as asked:
        assert (await asked.call("start", "saga", {"n": 1})).id == ID
        keys = server.sent("Idempotency-Key")
        assert len(keys) == 3
        assert len(set(keys)) == 1
        assert keys[0] is not None
        assert len(keys[0]) >= 32
        assert len(set(server.bodies)) == 1
        await asked.call("start", "saga", {"n": 1})
        assert server.sent("Idempotency-Key")[-1] != keys[0]


ONCE = {
    "pause": ("pause", ID),
    "cancel": ("cancel", ID),
    "skip": ("skip_compensation", ID, "a", "why"),
    "callback": ("callback", "token"),
    "signal": ("signal", ID, "yes"),
}


@pytest.mark.parametrize("end", UNKNOWN_ENDS)
@pytest.mark.parametrize("name", ONCE)
async def test_what_would_count_twice_is_not_sent_again_after_an_unknown_end(
    kind: Kind, name: str, end: Answer
) -> None:
    method, *given = ONCE[name]
    named = {"reason": given.pop()} if name == "skip" else {}
    async with scripted(end) as server, asking(kind, server.url) as asked:
        with pytest.raises(Unreachable) as caught:
            await asked.call(method, *given, **named)
        assert caught.value.is_sent
        assert len(server.requests) == 1


async def test_what_was_refused_for_now_did_nothing_and_is_sent_again(kind: Kind) -> None:
    async with (
        scripted(refused("not_owner"), refused("rate_limited", 429, Retry_After="0")) as server,
        asking(kind, server.url) as asked,
    ):
        assert (await asked.call("pause", ID)).id == ID
        assert len(server.requests) == 3


async def test_a_signal_with_a_key_is_sent_again(kind: Kind) -> None:
    async with scripted(dropped) as server, asking(kind, server.url) as asked:
        await asked.call("signal", ID, "yes", idempotency_key="s-1")
        assert server.sent("Idempotency-Key") == ["s-1", "s-1"]


async def test_a_refusal_that_will_stay_is_not_asked_again(kind: Kind) -> None:
    async with (
        scripted(refused("forbidden", 403, retryable=False)) as server,
        asking(kind, server.url) as asked,
    ):
        with pytest.raises(ApiError) as caught:
            await asked.call("start", "saga")
        assert (caught.value.code, caught.value.status, caught.value.detail) == ("forbidden", 403, "not now")
        assert len(server.requests) == 1


async def test_attempts_end(kind: Kind) -> None:
    limits = msgspec.structs.replace(AT_ONCE, attempts_max=3)
    async with (
        scripted(*[refused("overloaded")] * 9) as server,
        asking(kind, server.url, limits) as asked,
    ):
        with pytest.raises(ApiError) as caught:
            await asked.call("execution", ID)
        assert caught.value.retryable
        assert len(server.requests) == 3


async def test_a_server_that_wants_too_long_a_delay_is_not_asked_again(kind: Kind) -> None:
    async with (
        scripted(refused("overloaded", Retry_After="3600")) as server,
        asking(kind, server.url) as asked,
    ):
        with pytest.raises(ApiError) as caught:
            await asked.call("execution", ID)
        assert caught.value.retry_after_s == 3600
        assert len(server.requests) == 1


async def test_nobody_there_is_asked_for_again_and_then_named(kind: Kind) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with asking(kind, url) as asked:
            with pytest.raises(Unreachable, match=url) as caught:
                await asked.call("pause", ID)
            assert not caught.value.is_sent


async def test_a_server_that_does_not_answer_is_given_up(kind: Kind) -> None:
    limits = Limits(answer_s=0.05, attempts_max=2, back_off_s=0.001)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        async with asking(kind, f"http://127.0.0.1:{silent.getsockname()[1]}", limits) as asked:
            with pytest.raises(Unreachable) as caught:
                await asked.call("execution", ID)
            assert caught.value.is_sent


async def test_the_key_is_shown_to_no_other_address(kind: Kind) -> None:
    async with scripted() as other:

        async def elsewhere(_request: object) -> object:
            from_here = {"Location": other.url}
            answer = await strange(302, "")(None)  # type: ignore[arg-type] # it does not look at the request
            answer.headers.update(from_here)
            return answer

        async with (
            scripted(elsewhere, elsewhere) as server,  # type: ignore[arg-type] # as above
            asking(kind, server.url, Limits(attempts_max=1), api_key="secret") as asked,
        ):
            with pytest.raises(Unreachable):
                await asked.call("execution", ID)
            assert server.sent("Authorization") == ["Bearer secret"]
        assert other.requests == []


async def test_fields_of_a_later_server_are_passed_over(kind: Kind) -> None:
    async with scripted(well({**EXECUTION, "status": "hibernating"})) as server:
        async with asking(kind, f"{server.url}/behind/a/proxy/") as asked:
            assert (await asked.call("execution", ID)).status == "hibernating"
        assert server.requests[0].path == f"/behind/a/proxy/v1/executions/{ID}"
