"""Copies of the source in which a fault is planted by replacing text."""

import shutil
from pathlib import Path
from typing import Final

import msgspec

from tests.e2e.processes import SOURCE


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """`old` stands exactly once in the file (from `src/treadle`) and is replaced by `new`."""

    file: str
    old: str
    new: str


EFFECTS_BEFORE_COMMIT: Final = (
    Edit(
        file="runtime/driver.py",
        old="        self._house.write(self)",
        new=(
            "        for invocation in turn.invocations:\n"
            "            self.calls[invocation.activity] = self._house.perform(invocation, self)\n"
            "        turn.invocations = ()\n"
            "        self._house.write(self)"
        ),
    ),
)
"""Calls are made when the commit is handed over, not when it is durable."""

ACKNOWLEDGED_BEFORE_COMMIT: Final = (
    Edit(
        file="runtime/driver.py",
        old="        self._house.write(self)",
        new="        turn.answer(execution)\n        self._house.write(self)",
    ),
)
"""Callers are answered when the commit is handed over."""

BUSY_FRAMES_FORGOTTEN: Final = (
    Edit(
        file="runtime/taking_over.py",
        old="        for effect in outstanding(execution)\n",
        new="        for effect in outstanding(execution)[:0]\n",
    ),
)
"""Recovery does not say that what was in flight is lost."""

SLOW_COMMITS: Final = (
    Edit(
        file="stores/sqlite/commits.py",
        old="import apsw\n",
        new="import time\n\nimport apsw\n",
    ),
    Edit(
        file="stores/sqlite/commits.py",
        old="        if not batch:\n            return []\n",
        new="        if not batch:\n            return []\n        time.sleep(0.02)\n",
    ),
)
"""No fault: each transaction takes 20 ms longer, so that what does not wait for it comes before it."""


def plant(folder: Path, *edits: Edit) -> Path:
    """A copy of the source below `folder` with these edits; the path that PYTHONPATH takes.

    Raises:
        ValueError: the source has changed, and the fault is to be planted otherwise.
    """
    copy = folder / "src"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for edit in edits:
        file = copy / "treadle" / edit.file
        text = file.read_text()
        if text.count(edit.old) != 1:
            raise ValueError(f"{edit.file} does not hold this text once:\n{edit.old}")
        file.write_text(text.replace(edit.old, edit.new))
    return copy
