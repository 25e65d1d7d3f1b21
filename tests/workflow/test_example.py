"""The example of the guide runs to its end, and the page shows what is so."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import treadle.workflow
from examples.guide.python_checkout import app, checkout
from treadle.bootstrap.application import Running, running
from treadle.bootstrap.workflows import NAMESPACE, keep_workflows
from treadle.config.settings import read_settings
from treadle.model.errors import Rejected
from treadle.model.json import Json
from treadle.workflow import Workflow, WorkflowError, handler

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guide" / "python.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LINES = [{"sku": "loom", "quantity": 2, "price": 30}, {"sku": "heddle", "quantity": 1, "price": 7}]


@pytest.fixture
async def server() -> AsyncIterator[Running]:
    settings = read_settings({"store": "memory:", "port": 0, "stop_grace_ms": 200}, {})
    async with running(settings, app.registry) as application:
        await keep_workflows(application.use_cases.definitions, app.workflows)
        yield application


async def ended(server: Running, given: Json) -> Json:
    """The execution of the checkout with this input, once it has ended."""
    body = {"definition": "python-checkout", "input": given}
    async with (
        aiohttp.ClientSession(server.url) as session,
        session.post("/v1/executions", json=body, headers={"Prefer": "wait=20"}) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.mark.anyio
async def test_the_example_completes(server: Running) -> None:
    execution = await ended(server, {"id": "o-1", "card": "visa", "lines": LINES})
    assert (execution["status"], execution["failure"]) == ("completed", None)
    assert execution["output"] == {"receipt": "paid 67", "parcel": ["2 x loom", "1 x heddle"]}
    assert execution["definition"]["digest"] == checkout.build().digest
    assert "approve" not in execution["nodes"]


@pytest.mark.anyio
async def test_the_example_asks_for_approval_when_much_is_paid(server: Running) -> None:
    lines = [{"sku": "loom", "quantity": 100, "price": 30}]
    execution = await ended(server, {"id": "o-2", "card": "visa", "lines": lines})
    assert execution["nodes"]["approve"]["output"] == {"by": "ann"}


@pytest.mark.anyio
async def test_the_example_is_undone(server: Running) -> None:
    execution = await ended(server, {"id": "o-3", "card": "declined", "lines": LINES})
    assert (execution["status"], execution["failure"]["code"]) == ("failed", "card_declined")
    assert [(one["path"], one["status"]) for one in execution["compensations"]] == [("reserve", "completed")]


@pytest.mark.anyio
async def test_workflows_are_kept_once_and_never_changed(server: Running) -> None:
    definitions = server.use_cases.definitions
    before = await definitions.get(NAMESPACE, "python-checkout", "1")
    await keep_workflows(definitions, app.workflows)
    assert (await definitions.get(NAMESPACE, "python-checkout", "1")).created_at == before.created_at
    changed = Workflow("python-checkout", "1")
    changed.task("other", handler("reserve"))
    with pytest.raises(Rejected) as raised:
        await keep_workflows(definitions, (changed,))
    assert raised.value.code == "definition_exists"


def names() -> dict[str, Any]:
    """What the fragments of the page take for granted."""
    known = {name: getattr(treadle.workflow, name) for name in treadle.workflow.__all__}
    return {**known, "w": Workflow("checkout", "1")}


def test_the_page_shows_the_example_as_it_is() -> None:
    assert PYTHON[0] == (ROOT / "examples" / "guide" / "python_checkout.py").read_text("utf-8")


def test_the_fragments_of_the_page_build() -> None:
    for fragment in PYTHON[1:3]:
        known = names()
        exec(compile(fragment, "python.md", "exec"), known)
        assert known["w"].build().body.nodes


def test_the_page_says_what_is_raised_at_a_line() -> None:
    with pytest.raises(WorkflowError) as raised:
        exec(compile(PYTHON[3], "python.md", "exec"), names())
    assert f"# WorkflowError: {raised.value}\n" in PYTHON[3]
    assert len(PYTHON) == 4


def test_the_page_says_what_is_raised_by_a_build() -> None:
    written = "\n" * 10 + (
        'w = Workflow("checkout", "1", start="charge")\n'
        'w.task("charge", handler("h"), next="label")\n'
        'w.task("label", handler("h"), next="ship")\n'
        'w.task("ship", handler("h"), next="labl")\n'
    )
    known = names()
    exec(compile(written, "checkout.py", "exec"), known)
    with pytest.raises(WorkflowError) as raised:
        known["w"].build()
    assert f"```text\nWorkflowError: {raised.value}\n```" in PAGE


def test_the_table_of_the_page_is_so() -> None:
    known = names() | {"total": checkout_total(), "reserved": treadle.workflow.this}
    rows = re.findall(r'^\| `(f"[^`]*"|cel\([^`]*\))` \| `"?([^`"]+)"?`', PAGE, re.MULTILINE)
    assert len(rows) == 2
    for python, text in rows:
        assert text in str(eval(python, known))


def checkout_total() -> Any:
    return treadle.workflow.input_.total
