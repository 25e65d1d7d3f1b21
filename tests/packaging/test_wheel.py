"""The distributions hold all that the package needs, and an installed one runs far from the checkout."""

import re
import tarfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

from tests.packaging.building import ROOT, build, environment_with, run
from tests.packaging.serving import run_to_the_end, serving
from treadle import __version__

PACKAGE = ROOT / "src" / "treadle"
LEFT_BEHIND = frozenset({"__pycache__"})
EXTRA = re.compile(r"\btreadle\[([a-z]+)\]")


def shipped() -> set[str]:
    """Every file of the package, as a wheel names it."""
    return {
        path.relative_to(ROOT / "src").as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and not LEFT_BEHIND.intersection(path.parts)
    }


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        [name] = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(opened.read(name).decode())


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.mark.slow
def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(tmp_path: Path) -> None:
    held = members(build(ROOT, "wheel", tmp_path))
    info = f"treadle-{__version__}.dist-info"
    assert {name for name in held if not name.startswith(f"{info}/")} == shipped()
    assert {name for name in held if name.endswith((".sql", "py.typed"))}
    assert held[f"{info}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert held[f"{info}/entry_points.txt"].decode().split() == [
        "[console_scripts]",
        "treadle",
        "=",
        "treadle.cli.main:main",
    ]


@pytest.mark.slow
def test_the_metadata_say_what_it_is(tmp_path: Path) -> None:
    told = metadata(build(ROOT, "wheel", tmp_path))
    assert (told["Name"], told["Version"], told["License-Expression"]) == (
        "treadle",
        __version__,
        "Apache-2.0",
    )
    assert told["Requires-Python"] == ">=3.11"
    named = {extra for path in PACKAGE.rglob("*.py") for extra in EXTRA.findall(path.read_text("utf-8"))}
    assert named <= set(told.get_all("Provides-Extra", [])), "the package tells of an extra that there is not"
    assert "Typing :: Typed" in told.get_all("Classifier", [])


@pytest.mark.slow
def test_the_source_distribution_builds_the_same_wheel(tmp_path: Path) -> None:
    of_checkout, of_source = tmp_path / "checkout", tmp_path / "source"
    sdist = build(ROOT, "sdist", tmp_path)
    with tarfile.open(sdist) as opened:
        opened.extractall(tmp_path / "unpacked", filter="data")
    [tree] = (tmp_path / "unpacked").iterdir()
    wheels = build(ROOT, "wheel", of_checkout), build(tree, "wheel", of_source)
    assert members(wheels[0]) == members(wheels[1])


@pytest.mark.slow
def test_the_source_distribution_holds_what_it_is_built_from_alone(tmp_path: Path) -> None:
    with tarfile.open(build(ROOT, "sdist", tmp_path)) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    beside = {name for name in held if not name.startswith("src/")}
    assert beside == {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO", ".gitignore"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_installed_wheel_runs_in_an_empty_folder(tmp_path: Path) -> None:
    """The packages come from the registry at their pinned hashes; the package itself from the wheel."""
    wheel = build(ROOT, "wheel", tmp_path)
    programs = environment_with(wheel, tmp_path / "environment")
    empty = tmp_path / "empty"
    empty.mkdir()

    where = run(programs / "python", "-c", "import treadle; print(treadle.__file__)", cwd=empty)
    assert Path(where.strip()).is_relative_to(tmp_path / "environment")
    assert __version__ in run(programs / "treadle", "version", cwd=empty)

    with serving([str(programs / "treadle"), "dev", "--port", "0"], empty, {}) as url:
        ended = run_to_the_end(url)
    assert isinstance(ended, dict)
    assert (ended["status"], ended["output"]) == ("completed", {"size": "3 kg"})
    assert run(programs / "treadle", "verify", cwd=empty).startswith("1 executions, ")
