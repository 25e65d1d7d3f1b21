"""The instructions of a Dockerfile."""

import json
import re
from pathlib import Path
from typing import TypeAlias

import msgspec

Words: TypeAlias = tuple[str, ...]


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    rest: str

    @property
    def words(self) -> Words:
        """The words of the instruction, in either of its two forms."""
        if self.rest.startswith("["):
            return tuple(json.loads(self.rest))
        return tuple(self.rest.split())


def stages(path: Path) -> list[list[Instruction]]:
    """The instructions of each stage, `FROM` first."""
    joined = re.sub(r"\\\n\s*", "", path.read_text("utf-8"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    found: list[list[Instruction]] = []
    for line in lines:
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append(Instruction(name=name, rest=rest.strip()))
    return found


def all_of(name: str, stage: list[Instruction]) -> list[Instruction]:
    return [instruction for instruction in stage if instruction.name == name]


def health_command(stage: list[Instruction]) -> Words:
    """What a HEALTHCHECK runs."""
    [check] = all_of("HEALTHCHECK", stage)
    return Instruction(name="CMD", rest=check.rest.partition("CMD ")[2]).words
