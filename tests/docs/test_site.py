"""The site has every page, its quick start is the example of the README, its promises are kept by tests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from tests.tidy.sources import ROOT, files, report, text, tree
from treadle.model.json import Json

DOCS: Final = ROOT / "docs"
EXAMPLE: Final = frozenset({"yaml", "python"})
KEPT_BY: Final = re.compile(r"`(tests/[\w./]+?\.py)(?:::(\w+))?`")


def site() -> dict[str, Json]:
    loaded = YAML(typ="safe", pure=True).load(text(ROOT / "mkdocs.yml"))
    assert isinstance(loaded, dict)
    return loaded


def entries(nav: Json) -> Iterator[str]:
    """The pages of a navigation, however deep they stand."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list):
        for entry in nav:
            yield from entries(entry)
    elif isinstance(nav, dict):
        for entry in nav.values():
            yield from entries(entry)


def blocks(path: Path) -> dict[str, list[str]]:
    """The code of a page, by its language."""
    found: dict[str, list[str]] = {}
    for language, code in re.findall(r"^```(\w+)\n(.*?)^```", text(path), re.MULTILINE | re.DOTALL):
        found.setdefault(language, []).append(code)
    return found


def test_every_page_is_in_the_navigation_once() -> None:
    listed = list(entries(site()["nav"]))
    pages = {path.relative_to(DOCS).as_posix() for path in files(".md", under=DOCS)}
    assert not pages - set(listed), report(sorted(pages - set(listed)))
    assert not set(listed) - pages, report(sorted(set(listed) - pages))
    assert len(listed) == len(set(listed))


def test_the_quick_start_is_the_example_of_the_readme() -> None:
    readme, start = blocks(ROOT / "README.md"), blocks(DOCS / "quick-start.md")
    assert {language: readme[language] for language in EXAMPLE} == {
        language: start[language] for language in EXAMPLE
    }


def test_every_promise_is_kept_by_a_test_that_there_is() -> None:
    sections = re.split(r"^### ", text(DOCS / "promises.md"), flags=re.MULTILINE)[1:]
    assert len(sections) >= 10
    loose = []
    for section in sections:
        title = section.partition("\n")[0]
        kept_by = KEPT_BY.findall(section)
        if not kept_by:
            loose.append(f"{title}: no test is named")
        loose += [f"{title}: {place}::{name}" for place, name in kept_by if not has_test(ROOT / place, name)]
    assert not loose, report(loose)


def has_test(path: Path, name: str) -> bool:
    if not path.is_file():
        return False
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return not name or any(isinstance(node, functions) and node.name == name for node in ast.walk(tree(path)))
