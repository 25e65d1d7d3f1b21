"""`--app module:registry` finds handlers, or says clearly why not."""

import sys
from pathlib import Path

import pytest

from treadle.bootstrap.registry import AppError, load_registry

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
    assert load_registry("handlers_found:registry").names() == ("charge",)


def test_no_app_is_no_handler() -> None:
    assert load_registry(None).names() == ()


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
    ],
)
def test_what_cannot_be_used_is_told(here: Path, app: str, source: str | None, told: str) -> None:
    if source is not None:
        (here / f"{app.partition(':')[0] or 'none'}.py").write_text(source)
    with pytest.raises(AppError) as raised:
        load_registry(app)
    assert told in str(raised.value)
