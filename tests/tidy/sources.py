"""What the house rules look at: the files of the repository, read and parsed once."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "treadle"
NOT_OURS = frozenset({".venv", ".git", "node_modules", "dist", "__pycache__"})


@cache
def house_files() -> tuple[Path, ...]:
    """Every file that is kept or is to be kept; in a copy without git, all but what tools leave behind."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not NOT_OURS.intersection(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def files(*suffixes: str, under: Path = ROOT) -> tuple[Path, ...]:
    """Those under a folder that end so; of any ending without suffixes."""
    return tuple(
        path
        for path in house_files()
        if path.is_relative_to(under) and (not suffixes or path.suffix in suffixes)
    )


@cache
def text(path: Path) -> str:
    """The content; empty for what is no text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def modules() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return files(".py", under=PACKAGE)


def rooms() -> tuple[str, ...]:
    """The folders directly under the package."""
    return tuple(sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))


def folders(under: Path) -> Iterator[Path]:
    """Every folder that holds something of ours, `under` included."""
    found = {parent for path in files(under=under) for parent in path.parents if parent.is_relative_to(under)}
    yield from sorted(found)


def place(path: Path, line: int | None = None) -> str:
    """How a test names a place."""
    relative = path.relative_to(ROOT).as_posix()
    return relative if line is None else f"{relative}:{line}"


def report(violations: Iterable[str]) -> str:
    """The message of a failed rule: one violation a line."""
    return "\n" + "\n".join(violations)
