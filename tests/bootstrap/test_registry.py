"""`--app module:registry` finds handlers and workflows, or says clearly why not."""

import sys
from pathlib import Path

import pytest

from treadle.bootstrap.registry import AppError, load_app

APP = """
from treadle.worker.registry import Registry
registry = Registry()
other = 7
@registry.handler("charge")
def charge(value):
    return value
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path


def test_a_module_beside_the_working_directory_is_found(here: Path) -> None:
    (here / "handlers_found.py").write_text(APP)
    assert load_app("handlers_found:registry").registry.names() == ("charge",)


WORKFLOWS = """
from treadle.worker import Registry
from treadle.workflow import App, Workflow, handler
checkout = Workflow("checkout", "1")
checkout.task("charge", handler("charge"))
app = App(registry=Registry(), workflows=(checkout,))
broken = Workflow("broken", "1", start="nowhere")
wrong = App(registry=Registry(), workflows=(checkout, broken))
"""


def test_an_app_has_workflows_besides(here: Path) -> None:
    (here / "workflows_found.py").write_text(WORKFLOWS)
    found = load_app("workflows_found:app")
    assert [workflow.full_name for workflow in found.workflows] == ["checkout@1"]
    assert load_app(None).workflows == ()


def test_a_workflow_that_is_wrong_is_told_with_its_line(here: Path) -> None:
    (here / "workflows_wrong.py").write_text(WORKFLOWS)
    with pytest.raises(AppError) as raised:
        load_app("workflows_wrong:wrong")
    assert "--app: the workflow 'broken@1' has a fault" in str(raised.value)
    assert f"{here / 'workflows_wrong.py'}:7: unknown_next at /start" in str(raised.value)


def test_no_app_is_no_handler() -> None:
    assert load_app(None).registry.names() == ()


@pytest.mark.parametrize(
    ("app", "source", "told"),
    [
        ("app_a", "", "is written `module:registry`"),
        (":registry", "", "is written `module:registry`"),
        ("app_b:a.b", "", "is written `module:registry`"),
        ("app_c_missing:registry", None, "there is no module 'app_c_missing'"),
        ("app_d:registry", "import app_d_needs", "app_d imports 'app_d_needs', which is not there"),
        ("app_e:registry", "1 / 0", "importing app_e failed: ZeroDivisionError"),
        ("app_f:registry", "def f(:", "importing app_f failed: SyntaxError"),
        ("app_g:registery", APP, "app_g has no 'registery'"),
        ("app_h:other", APP, "app_h:other is a int, not a treadle.worker.registry.Registry"),
        ("app_i:other", APP, "or a treadle.workflow.app.App"),
    ],
)
def test_what_cannot_be_used_is_told(here: Path, app: str, source: str | None, told: str) -> None:
    if source is not None:
        (here / f"{app.partition(':')[0] or 'none'}.py").write_text(source)
    with pytest.raises(AppError) as raised:
        load_app(app)
    assert told in str(raised.value)
