"""The distributions of this checkout, and environments that have nothing but what is put into them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
REQUIREMENTS: Final = ROOT / "requirements"
LIMIT_S: Final = 300


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What a command prints; one that fails tells all that it said."""
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=bare_environment() if env is None else env,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def bare_environment() -> dict[str, str]:
    """That of the test without what would lead to this checkout or configure a server."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TREADLE_", "PYTHON", "VIRTUAL_ENV", "COV_"))
    }


def build(source: Path, target: str, directory: Path) -> Path:
    """Build the `wheel` or the `sdist` of a source tree into a directory."""
    before = set(directory.glob("*"))
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", directory, cwd=source)
    [built] = set(directory.glob("*")) - before
    return built


def environment_with(wheel: Path, directory: Path) -> Path:
    """The `bin` of a new environment with the pinned packages and the wheel, as an installer makes one."""
    run(sys.executable, "-m", "venv", directory, cwd=ROOT)
    python = directory / "bin" / "python"
    pip = (python, "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "install", "--require-hashes", "-r", REQUIREMENTS / "runtime.txt", cwd=directory)
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=directory)
    run(*pip, "check", cwd=directory)
    return python.parent
