"""Real requests, made from the description alone: what is answered is what is described.

Two servers are asked, one without keys and one with them, each with executions in every situation.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
import requests
import schemathesis
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import use_after_free

from tests.rest.populated import ABSENT_ID, Known, granted, populate
from tests.rest.serving import serving
from treadle.config.version import VERSION
from treadle.model.ids import Instant
from treadle.model.views import Cursor
from treadle.rest.openapi import openapi_document
from treadle.rest.table import ROUTES
from treadle.service.cursors import encode_cursor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KEY: Final = "a-secret-that-is-long-enough"
EXAMPLES_MAX: Final = 20
NUMERIC: Final = frozenset("0123456789+-.")
SEQUELS_MAX: Final = 15
ROUNDS: Final = 4
ANSWER_S_MAX: Final = 30
QUIET: Final = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
CURSORS: Final = tuple(
    encode_cursor(Cursor(created_at=Instant(at), id=name))
    for at in (0, 2**41)
    for name in (ABSENT_ID, "echo@1")
)
DOCUMENT: Final = msgspec.json.decode(msgspec.json.encode(openapi_document(ROUTES, VERSION)))
WELL_FORMED: Final = ["2xx", "401", "404", "409", "410", "422", "429"]
"""What is well-formed may still be refused for what there is: everything but 400."""
KEYED: Final = schemathesis.openapi.from_dict(DOCUMENT)
FREE: Final = schemathesis.openapi.from_dict({**DOCUMENT, "security": []})
FREE.config.generation.deterministic = True
FREE.config.generation.max_examples = EXAMPLES_MAX
FREE.config.checks.positive_data_acceptance.expected_statuses = WELL_FORMED
GOOD: Final = schemathesis.openapi.from_dict({**DOCUMENT, "security": []})
GOOD.config.generation.modes = [schemathesis.GenerationMode.POSITIVE]
GOOD.config.checks.positive_data_acceptance.expected_statuses = WELL_FORMED
LINKED: Final = GOOD.include(
    path_regex="^/v1/(definitions$|definitions/{name}/|executions$|executions/bulk$|executions/{id}|bulk/)"
).exclude(path_regex="/events$")
"""What is made, and what leads on from that; nothing that waits."""


class Asked:
    """A server in a thread of its own, what is in it, and a session of HTTP with it."""

    def __init__(self, url: str, known: Known, session: requests.Session) -> None:
        self.url, self.known, self.session = url, known, session


def asked(key: str | None) -> Iterator[Asked]:
    given: dict[str, Any] = {} if key is None else {"is_open": False, "api_keys": f"all:default:admin:{key}"}
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serving(**given)) as server,
        requests.Session() as session,
    ):
        if key is not None:
            server.session.headers["Authorization"] = f"Bearer {key}"
        yield Asked(server.application.url, portal.call(populate, server), session)


@pytest.fixture(scope="module")
def free() -> Iterator[Asked]:
    yield from asked(None)


@pytest.fixture(scope="module")
def keyed() -> Iterator[Asked]:
    yield from asked(KEY)


@pytest.mark.parametrize("who", ["free", "keyed"])
def test_every_operation_grants_what_it_is_for(who: str, request: pytest.FixtureRequest) -> None:
    server: Asked = request.getfixturevalue(who)
    wanted = granted(server.known)
    api = KEYED if who == "keyed" else FREE
    operations = {each.ok().definition.raw["operationId"]: each.ok() for each in api.get_all_operations()}
    assert set(wanted) == set(operations)
    for name, one in wanted.items():
        body = {} if one.body is msgspec.UNSET else {"body": one.body, "media_type": "application/json"}
        case = operations[name].Case(
            path_parameters=dict(one.path), query=dict(one.query), headers=dict(one.headers), **body
        )
        answer = case.call_and_validate(
            server.url,
            server.session,
            headers={"Authorization": f"Bearer {KEY}"} if who == "keyed" else None,
            timeout=ANSWER_S_MAX,
        )
        assert answer.status_code == one.status, (name, answer.text)


def pick(known: Sequence[str], drawn: object) -> str:
    """The same one for the same draw, so that what fails once fails again."""
    return known[zlib.crc32(repr(drawn).encode()) % len(known)]


def aim_path(case: Case, known: Known) -> None:
    """Put what exists where a made-up name stands, unless it is made up to be wrong."""
    if not is_wrong(case, ParameterLocation.PATH):
        path = case.operation.path
        choices = {
            "id": _ids(path, known),
            "name": ("approved", "other") if path.startswith("/v1/executions") else ("echo", "nap", "absent"),
            "version": ("1", "2"),
            "path": ("a", "b"),
            "token": known.tokens,
        }
        for name, drawn in case.path_parameters.items():
            case.path_parameters[name] = pick(choices[name], drawn)


def _ids(path: str, known: Known) -> Sequence[str]:
    """Those that there are of what the address is of, and one that there is not."""
    if path.startswith("/v1/bulk"):
        return (known.bulk, ABSENT_ID)
    return (known.completed, ABSENT_ID) if path.endswith("/events") else known.ids


def aim(case: Case, known: Known) -> None:
    """The same of all that does not stand in the path."""
    if not is_wrong(case, ParameterLocation.QUERY):
        for name, real in (("cursor", CURSORS), ("at", ("1", "2"))):
            if name in case.query:
                case.query[name] = pick(real, case.query[name])
    if not is_wrong(case, ParameterLocation.HEADER):
        _aim_headers(case, known)
    if not is_wrong(case, ParameterLocation.BODY):
        write_as_read(case)
        if isinstance(case.body, dict) and isinstance(case.body.get("definition"), str):
            case.body["definition"] = pick(("echo", "echo@1", "absent"), case.body["definition"])


def is_wrong(case: Case, location: ParameterLocation) -> bool:
    """Whether what stands there is meant to be refused."""
    return case.meta is not None and case.meta.is_negative_at(location)


def _aim_headers(case: Case, known: Known) -> None:
    if "Treadle-Namespace" in case.headers:
        case.headers["Treadle-Namespace"] = pick(("default", "default", "other"), dict(case.headers))
    if "X-Callback-Token" in case.headers:
        in_path = case.path_parameters.get("token")
        case.headers["X-Callback-Token"] = in_path or pick(known.tokens, dict(case.headers))


def write_as_read(case: Case) -> None:
    """Write numbers as they are read, which the schema of any JSON cannot tell.

    Keys of YAML are written without quotes where YAML 1.1 sees a word; some of them are numbers in 1.2.
    """
    written = _as_read(case.body)
    if repr(written) != repr(case.body):
        case.body = written


def _as_read(body: Any) -> Any:
    if isinstance(body, dict):
        return {_key_as_read(name): _as_read(value) for name, value in body.items()}
    if isinstance(body, list):
        return [_as_read(value) for value in body]
    is_whole = isinstance(body, float) and body.is_integer()
    is_number = is_whole or (isinstance(body, int) and not isinstance(body, bool))
    if is_number and not -(2**63) <= body < 2**63:
        return int(body) % 2**63
    return int(body) if is_whole else body


def _key_as_read(name: object) -> object:
    return f"n{name}" if isinstance(name, str) and name[:1] in NUMERIC else name


@FREE.parametrize()
@settings(QUIET)
def test_every_request_is_answered_as_described(case: Case, free: Asked) -> None:
    aim_path(case, free.known)
    aim(case, free.known)
    case.call_and_validate(free.url, free.session, timeout=ANSWER_S_MAX)


def test_what_was_made_is_there_for_those_who_ask_next(free: Asked) -> None:
    """Requests one after the other, each with what an earlier one was answered.

    A definition that was deleted can still be read by its version: executions may run it. Asked once more the
    server may answer otherwise, as an execution has ended by then or a key was used: that ends a round, not
    the test, and what was found wrong stands.
    """
    granted_to: set[str] = set()
    wrong: list[BaseException] = []

    class Sequel(LINKED.as_state_machine()):  # type: ignore[misc]  # made at run time
        def before_call(self, case: Case) -> None:
            aim(case, free.known)
            case.headers.pop("Treadle-Namespace", None)
            if case.operation.path == "/v1/executions" and isinstance(case.body, dict):
                case.body = {"definition": "echo", "input": case.body.get("input")}

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"base_url": free.url, "session": free.session, "timeout": ANSWER_S_MAX}

        def validate_response(self, response: Any, case: Case, **given: Any) -> None:
            stays = case.operation.path == "/v1/definitions/{name}/{version}"
            try:
                case.validate_response(
                    response,
                    excluded_checks=[use_after_free] if stays else [],
                    additional_checks=given.pop("additional_checks", None),
                    transport_kwargs=given,
                )
            except BaseException as fault:  # a group of failures is no Exception
                wrong.append(fault)
                raise

        def after_call(self, response: Any, case: Case) -> None:
            if response.status_code < 300:
                granted_to.add(case.operation.path)

    bounded = settings(QUIET, max_examples=SEQUELS_MAX, stateful_step_count=10)
    for round_ in range(ROUNDS):
        with suppress(FlakyStrategyDefinition):
            run_state_machine_as_test(seed(round_)(Sequel), settings=bounded)
    assert not wrong
    assert any("{" in path for path in granted_to), "what was made was found"
