"""Real requests of callers with keys of each scope: what a key does not allow is refused before all else.

What it allows is answered as described.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import pytest
import requests
import schemathesis
from anyio.from_thread import start_blocking_portal
from hypothesis import settings
from schemathesis import Case, Response
from schemathesis.core.parameters import ParameterLocation

from tests.rest.documented import BY_OPERATION, DOCUMENT
from tests.rest.populated import granted, populate
from tests.rest.serving import serving
from tests.rest.test_schemathesis import (
    ANSWER_S_MAX,
    QUIET,
    WELL_FORMED,
    Asked,
    aim,
    aim_path,
    is_wrong,
    pick,
)
from treadle.model.api_keys import Scope
from treadle.model.api_keys import granted as opened_by

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EXAMPLES_MAX: Final = 10
SECRETS: Final = {scope: f"{scope}-secret-that-is-long-enough" for scope in Scope}
KEYS: Final = ",".join(f"{scope}-key:default:{scope}:{secret}" for scope, secret in SECRETS.items())
NOBODY: Final = "nobody"
CALLERS: Final = (NOBODY, *Scope)
LEAST: Final = (Scope.READ, Scope.RUN, Scope.OPERATE, Scope.ADMIN)
"""From the least that a key may allow to all."""
KEYED: Final = schemathesis.openapi.from_dict(DOCUMENT)
API: Final = schemathesis.openapi.from_dict({**DOCUMENT, "security": []})
"""Keys are shown by the test, so no others are made up."""
API.config.generation.deterministic = True
API.config.generation.max_examples = EXAMPLES_MAX
API.config.checks.positive_data_acceptance.expected_statuses = [*WELL_FORMED, "403"]


@pytest.fixture(scope="module")
def keyed() -> Iterator[Asked]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serving(is_open=False, api_keys=KEYS)) as server,
        requests.Session() as session,
    ):
        server.session.headers.update(shown(Scope.ADMIN))
        yield Asked(server.application.url, portal.call(populate, server), session)


def shown(caller: str) -> dict[str, str]:
    """What that caller shows."""
    return {} if caller == NOBODY else {"Authorization": f"Bearer {SECRETS[Scope(caller)]}"}


def refusal(operation: str, caller: str) -> int | None:
    """With which status the caller is refused whatever it asks of the operation; None if it is not."""
    route = BY_OPERATION[operation]
    if route.is_open:
        return None
    if caller == NOBODY:
        return 401
    return None if route.scope in opened_by(frozenset({Scope(caller)})) else 403


def name_of(case: Case) -> str:
    name: str = case.operation.definition.raw["operationId"]
    return name


def is_of_its_operation(case: Case) -> bool:
    """Whether it comes to the operation at all, and is not refused before the key is looked at."""
    is_its_method = case.method.upper() == BY_OPERATION[name_of(case)].method
    # A path that is wrong may be none that there is, and a namespace that is none is told first.
    is_aimed = not (is_wrong(case, ParameterLocation.PATH) or is_wrong(case, ParameterLocation.HEADER))
    return is_its_method and is_aimed


def asked_as(case: Case, server: Asked, caller: str) -> Response:
    """The answer to that caller, which is as described."""
    return case.call_and_validate(server.url, server.session, headers=shown(caller), timeout=ANSWER_S_MAX)


def test_every_operation_is_granted_to_the_least_key_that_allows_it_and_to_no_other(keyed: Asked) -> None:
    """Whoever may not asks first: nothing came of it, or the request would not be granted then."""
    operations: Mapping[str, Any] = {
        each.ok().definition.raw["operationId"]: each.ok() for each in KEYED.get_all_operations()
    }
    done = set[str]()
    for name, one in granted(keyed.known).items():
        body = {} if one.body is msgspec.UNSET else {"body": one.body, "media_type": "application/json"}

        def case(name: str = name, one: Any = one, body: Mapping[str, Any] = body) -> Case:
            made: Case = operations[name].Case(
                path_parameters=dict(one.path), query=dict(one.query), headers=dict(one.headers), **body
            )
            return made

        refused = {caller: status for caller in CALLERS if (status := refusal(name, caller)) is not None}
        for caller, status in refused.items():
            assert asked_as(case(), keyed, caller).status_code == status, (name, caller)
        least = next(scope for scope in LEAST if scope not in refused)
        answer = asked_as(case(), keyed, least)
        assert answer.status_code == one.status, (name, least, answer.text)
        done.add(name)
    assert done == set(BY_OPERATION), "each has at least one answer that is good"


@API.parametrize()
@settings(QUIET)
def test_every_caller_is_answered_as_described(case: Case, keyed: Asked) -> None:
    aim_path(case, keyed.known)
    aim(case, keyed.known)
    drawn = (case.path_parameters, case.query, case.body, case.headers)
    caller = pick(CALLERS, drawn)
    answer = asked_as(case, keyed, caller)
    status = refusal(name_of(case), caller)
    if status is not None and is_of_its_operation(case):
        assert answer.status_code == status, (caller, answer.text)
