"""Files, functions and folders stay small, and are named for one purpose."""

import ast

from tests.tidy.sources import PACKAGE, folders, modules, place, report, text, tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
WITHOUT_PURPOSE = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"})


def test_no_file_is_longer_than_its_bound() -> None:
    counted = {path: len(text(path).splitlines()) for path in modules()}
    too_long = [f"{place(path)}: {count} lines" for path, count in counted.items() if count > FILE_LINES_MAX]
    assert not too_long, report(too_long)


def test_no_function_is_longer_than_its_bound() -> None:
    too_long = [
        f"{place(path, node.lineno)} {node.name}: {length} lines"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for length in [(node.end_lineno or node.lineno) - node.lineno + 1]
        if length > FUNCTION_LINES_MAX
    ]
    assert not too_long, report(too_long)


def test_no_file_or_folder_has_a_name_without_purpose() -> None:
    named = [*modules(), *folders(PACKAGE)]
    nameless = [place(path) for path in named if WITHOUT_PURPOSE.intersection(path.stem.split("_"))]
    assert not nameless, report(nameless)


def test_every_package_folder_has_an_init() -> None:
    holding = {path.parent for path in modules()} | {parent for path in modules() for parent in path.parents}
    bare = [
        place(folder)
        for folder in sorted(holding)
        if folder.is_relative_to(PACKAGE) and not (folder / "__init__.py").is_file()
    ]
    assert not bare, report(bare)


def test_nobody_inside_imports_the_package_root() -> None:
    found = [
        place(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and node.module == "treadle")
        or (isinstance(node, ast.Import) and any(alias.name == "treadle" for alias in node.names))
    ]
    assert not found, report(found)
