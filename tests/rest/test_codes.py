"""Every code that can be raised on the way of a request stands in the one table."""

import ast
from pathlib import Path

import pytest

import treadle.service
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.rest.codes import CODES, INTERNAL
from treadle.rest.problems import problem_of, problem_response

SOURCE = Path(treadle.service.__file__).parent.parent
ROOMS = ("core", "definition", "rest", "runtime", "security", "service")
RAISED = ("Rejected", "TokenRefused", "Unavailable", "Refused")
INSIDE: frozenset[str] = frozenset({"changed_nothing", "idempotency_exists", "not_a_child"})
"""Taken up by the service, or recorded in a history; never told."""


def code_of(call: ast.Call) -> str | None:
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "code")]
    return next((one.value for one in given if isinstance(one, ast.Constant)), None)


def raised_codes() -> set[str]:
    found = set()
    for path in (path for room in ROOMS for path in (SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                found.add(code_of(node))
    return {code for code in found if isinstance(code, str)}


def test_every_code_has_its_row() -> None:
    raised = raised_codes()
    assert {"execution_not_found", "overloaded", "invalid_transition", "bad_signature"} <= raised
    assert raised - INSIDE <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_only_what_passes_is_retryable(code: str) -> None:
    known = CODES[code]
    assert known.is_retryable is (known.status in (408, 429, 503))
    assert known.title


@pytest.mark.parametrize(
    "error", [ValueError("secret"), Corrupt("bad_payload", "secret"), Rejected("unheard_of", "secret")]
)
def test_our_own_faults_are_not_told(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.code, problem.retryable) == (500, INTERNAL, False)
    assert "secret" not in problem.detail
    assert "secret" in capsys.readouterr().out, "the log says it"


def test_what_passes_says_when_to_come_again() -> None:
    response = problem_response(Unavailable("overloaded", "too much", retry_after_s=7))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert response.headers["Content-Type"] == "application/problem+json"
