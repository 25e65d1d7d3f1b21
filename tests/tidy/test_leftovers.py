"""Nothing half done, no way around a check without its reason, nothing of one machine."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.tidy.sources import PACKAGE, ROOT, files, house_files, modules, place, report, text, tree

TIDY = Path(__file__).parent
MARKERS = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
BARE_IGNORE = re.compile(r"type:\s*ignore(?!\[[a-z, -]+\]\s+# \S)")
BARE_NOQA = re.compile(r"#\s*noqa(?!: [A-Z]+[0-9]+)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links")
MACHINE_PATH = re.compile(
    r"(?<![\w.:/}~-])/(?:" + "|".join(("work", "root", "home", "Users")) + r")\b(?!/\{)"
)
"""A path of an address or a route is none."""
STATEMENT = re.compile(
    r"\s*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|"
    r"(?:CREATE|ALTER|DROP)\s+(?:TABLE|INDEX|UNIQUE|VIEW|TRIGGER)\b|WITH\s+\w+\s+AS\s*\()"
)
"""What belongs into a .sql file; PRAGMA, BEGIN, COMMIT and ROLLBACK do not."""

UNIMPLEMENTED = {
    "src/treadle/codec/snapshots.py": "how a decoding hook tells its library that a type is not its own",
    "src/treadle/testing/contracts/opened.py": "a backend's test class has to say how its store is opened",
}
SKIPPING = {
    "src/treadle/testing/contracts": "a case that a backend's capabilities say does not apply to it",
}
"""Where the path begins: why it may."""


def lines_with(pattern: re.Pattern[str], paths: tuple[Path, ...]) -> list[str]:
    return [
        f"{place(path, number)}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def nodes_with(is_wrong: Callable[[ast.AST], bool], paths: tuple[Path, ...]) -> Iterator[str]:
    for path in paths:
        for node in ast.walk(tree(path)):
            if is_wrong(node):
                yield place(path, getattr(node, "lineno", 0))


def all_but(excepted: dict[str, str], found: Iterator[str]) -> list[str]:
    return [where for where in found if not where.startswith(tuple(excepted))]


def our_text() -> tuple[Path, ...]:
    """Everything but what these rules are written in."""
    return tuple(path for path in house_files() if not path.is_relative_to(TIDY))


def our_python() -> tuple[Path, ...]:
    return tuple(path for path in our_text() if path.suffix == ".py")


def test_nothing_is_left_to_be_done() -> None:
    found = lines_with(MARKERS, our_text())
    assert not found, report(found)


def test_nothing_is_left_without_an_implementation() -> None:
    def is_unimplemented(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == "NotImplementedError"

    found = all_but(UNIMPLEMENTED, nodes_with(is_unimplemented, modules()))
    assert not found, report(found)


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    def is_skip(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}

    found = all_but(SKIPPING, nodes_with(is_skip, our_python()))
    assert not found, report(found)


def test_every_ignored_type_error_has_its_code_and_its_reason() -> None:
    found = lines_with(BARE_IGNORE, our_python())
    assert not found, report(found)


def test_every_silenced_lint_rule_is_named() -> None:
    found = lines_with(BARE_NOQA, our_python())
    assert not found, report(found)


def test_nothing_prints_but_the_command_line() -> None:
    def is_print(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"

    outside = tuple(path for path in modules() if not path.is_relative_to(PACKAGE / "cli"))
    found = list(nodes_with(is_print, outside))
    assert not found, report(found)


def test_pinned_packages_name_no_registry() -> None:
    pinned = tuple(
        path for path in house_files() if path.name.endswith((".lock", "-lock.json", "-lock.yaml"))
    )
    found = lines_with(ADDRESS, (*files(".txt", under=ROOT / "requirements"), *pinned))
    assert not found, report(found)


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = lines_with(MACHINE_PATH, our_text())
    assert not found, report(found)


def test_statements_stand_in_sql_files() -> None:
    def is_statement(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and STATEMENT.match(node.value) is not None
        )

    found = list(nodes_with(is_statement, modules()))
    assert not found, report(found)
