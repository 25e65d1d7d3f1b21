"""The import contracts are tests: who may import whom is decided before the code is run."""

import subprocess
import sys
from pathlib import Path

from tests.tidy.sources import PACKAGE, ROOT, rooms, text


def test_the_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run(
        [str(command), "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, f"{linted.stdout}\n{linted.stderr}"


def test_every_room_has_a_step_on_the_staircase() -> None:
    _, _, after = text(ROOT / ".importlinter").partition("[importlinter:contract:staircase]")
    staircase, _, _ = after.partition("[importlinter:contract:")
    steps = set(staircase.replace("|", " ").split())
    missing = [room for room in rooms() if room not in steps]
    assert rooms(), f"no rooms under {PACKAGE}"
    assert not missing, f"not on the staircase of .importlinter: {', '.join(missing)}"
