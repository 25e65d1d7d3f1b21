"""Holes are filled at sending: with the right token, in a copy, and nobody is told what filled them."""

from collections.abc import AsyncIterator, Callable, Mapping
from io import StringIO

import msgspec
import pytest
import structlog
from aiohttp import web

from tests.invokers.http.servers import breaking, resetting, serving, silent
from tests.invokers.invocations import FixedClock, invocation
from treadle.invokers.echoes import Echoes
from treadle.invokers.filling import FillingInvoker
from treadle.invokers.http.invoker import HttpInvoker
from treadle.invokers.local.invoker import LocalInvoker
from treadle.invokers.masking import MASKED
from treadle.model.effects import Invocation
from treadle.model.ids import ActivityId, ExecutionId, Instant, Namespace
from treadle.model.instants import DAY_MS
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown
from treadle.model.requests import DefinitionRequest, HandlerRequest, Hole, HoledText, HttpRequest, Request
from treadle.model.views import StoredKey
from treadle.ports.invoker import Invoker
from treadle.security.egress import EgressMode, EgressPolicy
from treadle.security.tokens import SECRET_BYTES, CallbackToken, KeyRing
from treadle.telemetry.logs import configure_logs
from treadle.worker import FinalError, Registry

pytestmark = pytest.mark.anyio

UNTIL = Instant(1_767_225_600_000)
RING = KeyRing([StoredKey(id="k", secret=b"\x05" * SECRET_BYTES, created_at=Instant(0))])
TOKEN = RING.sign(
    CallbackToken(execution_id=ExecutionId("e-1"), activity=ActivityId(7), expires_at=Instant(UNTIL + DAY_MS))
)
PUBLIC_URL = "https://flows.example/treadle"
CALLBACK_URL = f"{PUBLIC_URL}/v1/callbacks/{TOKEN}"
TOKEN_HOLE = Hole(root="callback", name="token")
URL_HOLE = Hole(root="callback", name="url")
SECRET = "s3cr/t & more"
SECRET_HOLE = Hole(root="secrets", name="api_key")
SHORT_MS = 100
SENT = Ok()


class Recorder:
    """Remembers what it is to send, and ends as it is told."""

    def __init__(self, outcome: Outcome | Exception = SENT) -> None:
        self.outcome = outcome
        self.sent: list[Invocation] = []
        self.is_closed = False

    async def invoke(self, invocation: Invocation) -> Outcome:
        self.sent.append(invocation)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def close(self) -> None:
        self.is_closed = True


async def sign(token: CallbackToken) -> str:
    return RING.sign(token)


def filling(inner: Invoker, secrets: Mapping[str, str] | None = None) -> FillingInvoker:
    return FillingInvoker(
        inner,
        sign=sign,
        public_url=PUBLIC_URL,
        secret=lambda _, name: (secrets or {}).get(name),
        echoes=Echoes(),
    )


def asked(request: Request, *, timeout_ms: int = 10_000, awaits: bool = True) -> Invocation:
    return invocation(request, timeout_ms=timeout_ms, callback_until=UNTIL if awaits else None)


def holed(pointer: str, *parts: str | Hole) -> HoledText:
    return HoledText(pointer=pointer, parts=parts)


async def sent(request: Request, secrets: Mapping[str, str] | None = None) -> Request:
    """The request as the inner invoker is given it."""
    inner = Recorder()
    assert await filling(inner, secrets).invoke(asked(request)) == Ok()
    return inner.sent[0].request


async def test_every_hole_is_filled_with_the_token_of_its_attempt() -> None:
    request = HttpRequest(
        method="POST",
        url="",
        headers={"X-Callback-Token": "", "Accept": "text/plain"},
        body={"reply": {"to": None}, "tokens": [0, None], "order": 5},
        holes=(
            holed("/url", "http://pay/start?back=", msgspec.structs.replace(URL_HOLE, is_encoded=True)),
            holed("/headers/X-Callback-Token", TOKEN_HOLE),
            holed("/body/reply/to", URL_HOLE),
            holed("/body/tokens/1", "<", TOKEN_HOLE, "|", TOKEN_HOLE, ">"),
        ),
    )
    stored = msgspec.json.encode(request)
    encoded = CALLBACK_URL.replace(":", "%3A").replace("/", "%2F")
    assert await sent(request) == HttpRequest(
        method="POST",
        url=f"http://pay/start?back={encoded}",
        headers={"X-Callback-Token": TOKEN, "Accept": "text/plain"},
        body={"reply": {"to": CALLBACK_URL}, "tokens": [0, f"<{TOKEN}|{TOKEN}>"], "order": 5},
    )
    assert msgspec.json.encode(request) == stored


async def test_a_token_lives_a_day_longer_than_the_wait() -> None:
    request = await sent(HandlerRequest(name="f", holes=(holed("/input", TOKEN_HOLE),)))
    assert isinstance(request, HandlerRequest)
    token = RING.verify(request.input, Instant(UNTIL + DAY_MS - 1))
    assert (token.execution_id, token.activity, token.expires_at) == ("e-1", 7, UNTIL + DAY_MS)


async def test_the_rest_of_the_attempt_goes_along() -> None:
    inner = Recorder()
    given = asked(HandlerRequest(name="f", holes=(holed("/input", TOKEN_HOLE),)))
    await filling(inner).invoke(given)
    fields = {name: getattr(inner.sent[0], name) for name in Invocation.__struct_fields__}
    expected = msgspec.structs.asdict(given) | {"request": HandlerRequest(name="f", input=TOKEN)}
    assert fields == expected


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest(url="http://s/", body={"a": "{{ callback.url }}"}),
        HandlerRequest(name="f", input=1),
        DefinitionRequest(namespace=Namespace("default"), definition="child", input={}),
    ],
)
async def test_an_attempt_without_holes_goes_through_untouched(request_: Request) -> None:
    inner = Recorder(Failed(code="c", message="m", cause=Cause.ERROR))
    given = asked(request_)
    assert await filling(inner).invoke(given) is inner.outcome
    assert inner.sent[0] is given


async def test_a_secret_is_filled_in() -> None:
    request = HttpRequest(
        url="",
        headers={"Authorization": ""},
        holes=(
            holed("/url", "http://s/", msgspec.structs.replace(SECRET_HOLE, is_encoded=True)),
            holed("/headers/Authorization", "Bearer ", SECRET_HOLE),
        ),
    )
    assert await sent(request, {"api_key": SECRET}) == HttpRequest(
        url="http://s/s3cr%2Ft%20%26%20more", headers={"Authorization": f"Bearer {SECRET}"}
    )


async def test_a_secret_that_is_not_there_fails_for_good_and_nothing_is_sent() -> None:
    inner = Recorder()
    parts = [SECRET_HOLE, Hole(root="secrets", name="other"), Hole(root="secrets", name="third")]
    outcome = await filling(inner, {"api_key": SECRET}).invoke(
        asked(HandlerRequest(name="f", holes=(holed("/input", *parts),)))
    )
    assert outcome == Failed(
        code="missing_secret",
        message="the namespace default has no secret 'other', 'third'",
        cause=Cause.ERROR,
        is_final=True,
    )
    assert inner.sent == []


async def test_an_empty_secret_is_one() -> None:
    request = HandlerRequest(name="f", holes=(holed("/input", "<", SECRET_HOLE, ">"),))
    assert await sent(request, {"api_key": ""}) == HandlerRequest(name="f", input="<>")


@pytest.mark.parametrize(
    ("hole", "pointer", "awaits", "told"),
    [
        (TOKEN_HOLE, "/input", False, "names a callback, and the attempt awaits none"),
        (Hole(root="callback", name="id"), "/input", True, "nothing fills callback.id"),
        (Hole(root="env", name="HOME"), "/input", True, "nothing fills env.HOME"),
        (TOKEN_HOLE, "/body", True, "the request has no body"),
        (TOKEN_HOLE, "/input/a", True, "nothing can stand in /input"),
    ],
)
async def test_a_hole_that_cannot_be_filled_fails_for_good(
    hole: Hole, pointer: str, awaits: bool, told: str
) -> None:
    inner = Recorder()
    request = HandlerRequest(name="f", input=1, holes=(holed(pointer, hole),))
    outcome = await filling(inner).invoke(asked(request, awaits=awaits))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.cause, outcome.is_final) == ("invalid_request", Cause.ERROR, True)
    assert told in outcome.message
    assert inner.sent == []


HOLED = HandlerRequest(name="f", holes=(holed("/input", URL_HOLE, SECRET_HOLE),))


@pytest.mark.parametrize("kind", [Failed, Unknown])
@pytest.mark.parametrize("told", [TOKEN, CALLBACK_URL, SECRET, "s3cr%2Ft%20%26%20more", TOKEN[:40]])
async def test_what_an_outcome_tells_is_masked(kind: Callable[..., Outcome], told: str) -> None:
    fields = {"code": "http_400", "http_status": 400, "retry_after_ms": 5}
    more = {"cause": Cause.HTTP} if kind is Failed else {}
    inner = Recorder(kind(message=f"answered {told}", **fields, **more))
    outcome = await filling(inner, {"api_key": SECRET}).invoke(asked(HOLED))
    expected = CALLBACK_URL.replace(TOKEN, MASKED) if told == CALLBACK_URL else MASKED
    assert outcome == kind(message=f"answered {expected}", **fields, **more)


async def test_what_a_service_answers_is_kept_but_for_what_was_filled_in() -> None:
    inner = Recorder(Ok(body={"back": CALLBACK_URL}, status=202))
    assert (
        await filling(inner).invoke(asked(HandlerRequest(name="f", holes=HOLED.holes[:0]))) is inner.outcome
    )
    outcome = await filling(inner, {"api_key": SECRET}).invoke(asked(HOLED))
    assert outcome == Ok(body={"back": CALLBACK_URL.replace(TOKEN, MASKED)}, status=202)


async def test_a_secret_that_a_service_echoes_is_not_kept() -> None:
    body = {"got": [f"Bearer {SECRET}", 7, None], SECRET: {"nested": "s3cr%2Ft%20%26%20more"}, "ok": True}
    inner = Recorder(Ok(body=body, status=200, headers={"x-seen": SECRET, "x-id": "1"}))
    outcome = await filling(inner, {"api_key": SECRET}).invoke(asked(HOLED))
    assert outcome == Ok(
        body={"got": [f"Bearer {MASKED}", 7, None], MASKED: {"nested": MASKED}, "ok": True},
        status=200,
        headers={"x-seen": MASKED, "x-id": "1"},
    )


async def test_a_secret_that_was_sent_once_is_kept_out_of_later_answers() -> None:
    inner = Recorder(Ok(body={"last": SECRET}))
    invoker = filling(inner, {"api_key": SECRET})
    bare = asked(HandlerRequest(name="f"))
    assert await invoker.invoke(bare) == inner.outcome
    await invoker.invoke(asked(HOLED))
    assert await invoker.invoke(bare) == Ok(body={"last": MASKED})
    elsewhere = msgspec.structs.replace(bare, namespace=Namespace("other"))
    assert await invoker.invoke(elsewhere) == inner.outcome


async def test_an_answer_that_only_ends_like_a_secret_is_kept() -> None:
    body = {"state": SECRET[:5], f"x{SECRET[:4]}": 1, f"y{SECRET[:4]}": 2}
    assert await filling(Recorder(Ok(body=body)), {"api_key": SECRET}).invoke(asked(HOLED)) == Ok(body=body)


async def test_all_secrets_of_a_namespace_are_kept_out_of_its_answers() -> None:
    echoes = Echoes(lambda namespace: (SECRET, "abc") if namespace == "default" else ())
    inner = Recorder(Ok(body=[SECRET, "abc"]))
    invoker = FillingInvoker(inner, sign=sign, public_url=PUBLIC_URL, secret=lambda *_: None, echoes=echoes)
    assert await invoker.invoke(asked(HandlerRequest(name="f"))) == Ok(body=[MASKED, "abc"])


async def test_a_secret_that_is_new_or_was_just_sent_is_kept_out_of_the_next_answer() -> None:
    known = ["first one"]
    echoes = Echoes(lambda _: tuple(known))
    inner = Recorder(Ok(body=["first one", "second one", SECRET]))
    invoker = FillingInvoker(inner, sign=sign, public_url=PUBLIC_URL, secret=lambda *_: SECRET, echoes=echoes)
    bare = asked(HandlerRequest(name="f"))
    assert await invoker.invoke(bare) == Ok(body=[MASKED, "second one", SECRET])
    known[:] = ["second one"]
    assert await invoker.invoke(bare) == Ok(body=["first one", MASKED, SECRET])
    await invoker.invoke(asked(HOLED))
    assert await invoker.invoke(bare) == Ok(body=["first one", MASKED, MASKED])


async def test_what_a_broken_invoker_raises_is_masked() -> None:
    with pytest.raises(RuntimeError) as raised:
        await filling(Recorder(KeyError(TOKEN)), {"api_key": SECRET}).invoke(asked(HOLED))
    assert str(raised.value) == f"KeyError: '{MASKED}'"
    assert raised.value.__suppress_context__


async def test_it_closes_what_it_was_given() -> None:
    inner = Recorder()
    await filling(inner).close()
    assert inner.is_closed


@pytest.fixture
async def http() -> AsyncIterator[FillingInvoker]:
    made = filling(
        HttpInvoker(clock=FixedClock(), egress=EgressPolicy(mode=EgressMode.DEV)), {"api_key": SECRET}
    )
    yield made
    await made.close()


def calling(url: str, **fields: object) -> HttpRequest:
    """A call whose URL holds a token in its path."""
    holes = (holed("/url", f"{url}/hook/", TOKEN_HOLE, "?again=", TOKEN_HOLE),)
    return HttpRequest(method="POST", url="", holes=holes, **fields)


def check_silent(outcome: Outcome) -> None:
    assert isinstance(outcome, Failed | Unknown)
    assert TOKEN not in outcome.message
    assert TOKEN[:20] not in outcome.message


async def test_a_failure_does_not_tell_what_stands_in_its_url_or_comes_back(http: FillingInvoker) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(status=400, text=f"no such path: {request.path_qs} " + "x" * 300 + request.path)

    async with serving(echo) as service:
        outcome = await http.invoke(asked(calling(service.url)))
    assert service.received[0][1] == f"/hook/{TOKEN}?again={TOKEN}"
    check_silent(outcome)
    assert isinstance(outcome, Failed)
    assert f"{service.url}/hook/{MASKED} answered 400: no such path: /hook/{MASKED}" in outcome.message


@pytest.mark.parametrize("cut", range(380, 520, 20))
async def test_a_body_that_is_cut_within_the_value_does_not_tell_it(http: FillingInvoker, cut: int) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, text="x" * cut + TOKEN)

    async with serving(echo) as service:
        check_silent(await http.invoke(asked(calling(service.url))))


async def test_a_silent_a_broken_and_a_missing_service_do_not_tell_it(http: FillingInvoker) -> None:
    async with breaking(silent) as service:
        check_silent(await http.invoke(asked(calling(service.url), timeout_ms=SHORT_MS)))
    async with breaking(resetting) as service:
        check_silent(await http.invoke(asked(calling(service.url))))
    check_silent(await http.invoke(asked(calling(service.url))))


async def test_a_redirect_does_not_tell_it(http: FillingInvoker) -> None:
    async def onwards(request: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": request.path_qs})

    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": f"ftp://{TOKEN}/"})

    for respond in (onwards, away):
        async with serving(respond) as service:
            check_silent(await http.invoke(asked(calling(service.url, follow_redirects=True))))


@pytest.mark.parametrize(
    ("secret", "request_"),
    [
        ("gopher://inner.example/", HttpRequest(url="", holes=(holed("/url", SECRET_HOLE),))),
        ("http://user:hunter2@inner.example/", HttpRequest(url="", holes=(holed("/url", SECRET_HOLE),))),
        ("http://inner.example:hunter2/", HttpRequest(url="", holes=(holed("/url", SECRET_HOLE),))),
        ("inner_host.invalid", HttpRequest(url="", holes=(holed("/url", "http://", SECRET_HOLE, "/"),))),
        ("169.254.169.254", HttpRequest(url="", holes=(holed("/url", "http://", SECRET_HOLE, "/"),))),
        ("in ner", HttpRequest(url="", holes=(holed("/url", "http://", SECRET_HOLE, "/"),))),
        (
            "hunter2\r\nX-More: 1",
            HttpRequest(
                url="http://127.0.0.1/", headers={"X": ""}, holes=(holed("/headers/X", SECRET_HOLE),)
            ),
        ),
    ],
)
async def test_what_cannot_be_called_is_not_told(secret: str, request_: HttpRequest) -> None:
    made = filling(
        HttpInvoker(clock=FixedClock(), egress=EgressPolicy(mode=EgressMode.DEV)), {"api_key": secret}
    )
    outcome = await made.invoke(asked(request_))
    await made.close()
    assert isinstance(outcome, Failed)
    assert secret not in outcome.message
    assert "hunter2" not in outcome.message


@pytest.fixture
def logged() -> AsyncIterator[StringIO]:
    stream = StringIO()
    configure_logs("debug", stream)
    yield stream
    structlog.reset_defaults()


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("kind", [ValueError, lambda text: FinalError(text, text)])
async def test_a_handler_that_tells_its_token_is_neither_logged_nor_kept_so(
    logged: StringIO, is_async: bool, kind: Callable[[str], Exception]
) -> None:
    registry = Registry()

    @registry.handler("async")
    async def run(value: str) -> None:
        raise kind(f"cannot reach {value}")

    @registry.handler("plain")
    def run_plainly(value: str) -> None:
        try:
            raise LookupError(value)
        except LookupError as error:
            raise kind(f"cannot reach {value}") from error

    made = filling(LocalInvoker(registry))
    name = "async" if is_async else "plain"
    outcome = await made.invoke(asked(HandlerRequest(name=name, holes=(holed("/input", TOKEN_HOLE),))))
    await made.close()
    check_silent(outcome)
    assert isinstance(outcome, Failed)
    assert MASKED in outcome.message
    assert TOKEN not in outcome.code
    lines = logged.getvalue()
    assert "handler" in lines
    assert TOKEN not in lines
    assert MASKED in lines
