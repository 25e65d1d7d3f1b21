"""The pinned packages are those that the package asks for, at one version everywhere."""

import ast
import re
import sys
import tomllib
from collections.abc import Collection
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.packaging.building import REQUIREMENTS, ROOT
from tests.tidy.sources import modules, tree

PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
REQUIRED = re.compile(r"[A-Za-z0-9._-]+")
INSTALLED_EXTRAS = ("otel",)
"""Extras that come with the image."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    return {normal(name): version for name, version in PIN.findall(path.read_text("utf-8"))}


def asked_for(extras: Collection[str] | None = None) -> set[str]:
    """The packages that pyproject.toml names for those who run the package, with these extras or with all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    chosen = [
        line for extra, lines in optional.items() if extras is None or extra in extras for line in lines
    ]
    lines = (*project["dependencies"], *chosen)
    return {normal(found[0]) for line in lines if (found := REQUIRED.match(line))}


def pinned_for_the_package() -> set[str]:
    """The pins that the file says the package itself asked for."""
    blocks = re.split(r"\n(?=\S)", (REQUIREMENTS / "runtime.txt").read_text("utf-8"))
    return {normal(block.partition("==")[0]) for block in blocks if "treadle (pyproject.toml)" in block}


def test_what_is_installed_to_run_is_what_the_package_asks_for() -> None:
    assert pinned_for_the_package() == asked_for(INSTALLED_EXTRAS), "make lock"


def test_what_runs_is_what_was_tested() -> None:
    tested = pins(REQUIREMENTS / "dev.txt")
    others = {**pins(REQUIREMENTS / "runtime.txt"), **pins(REQUIREMENTS / "build.txt")}
    different = {
        name: (version, tested.get(name)) for name, version in others.items() if tested.get(name) != version
    }
    assert not different, f"make lock: {different}"


def test_every_pin_has_a_hash() -> None:
    for name in ("runtime.txt", "build.txt", "docs.txt"):
        blocks = re.split(r"\n(?=[a-z])", (REQUIREMENTS / name).read_text("utf-8"))
        assert all("--hash=sha256:" in block for block in blocks), name


def test_every_package_that_is_imported_is_asked_for() -> None:
    asked = asked_for()
    gives = packages_distributions()
    missing = {
        name
        for path in modules()
        for name in imported(tree(path))
        if name not in sys.stdlib_module_names
        and name != "treadle"
        and asked.isdisjoint(normal(package) for package in gives.get(name, [name]))
    }
    assert not missing, f"imported, and not in pyproject.toml: {', '.join(sorted(missing))}"


def imported(module: ast.Module) -> set[str]:
    """The packages at the top of what a module imports."""
    plain = (alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names)
    of = (node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom))
    return {name.partition(".")[0] for name in (*plain, *of)}
