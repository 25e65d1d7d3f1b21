"""The pages of the guide, cut into what can be played: commands, and what they answer."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from treadle.model.json import Json

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = ROOT / "docs" / "guide"
EXAMPLES: Final = GUIDE / "examples"
FENCED: Final = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PRINTED: Final = frozenset({"json", "text", "mermaid"})
"""Languages of blocks that show what a command prints."""
ANYTHING: Final = "..."
"""Stands in an answer for what is different each time."""
PAGES: Final = tuple(sorted(path.stem for path in GUIDE.glob("*.md")))


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A block of code of a page: its language, what is said beside it, and its text."""

    language: str
    remark: str
    text: str


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of a page, by its words; `shown` is what the page says that it prints, if it does."""

    words: tuple[str, ...]
    shown: Block | None

    def __str__(self) -> str:
        return shlex.join(self.words)


def text(page: str) -> str:
    return (GUIDE / f"{page}.md").read_text("utf-8")


def blocks(page: str) -> list[Block]:
    return [
        Block(language=found[1], remark=found[2].strip(), text=found[3])
        for found in FENCED.finditer(text(page))
    ]


def commands(page: str) -> Iterator[Command]:
    """The commands of a page; what one prints stands in the block after those that end with it."""
    found = blocks(page)
    for block, after in zip(found, [*found[1:], None], strict=False):
        if block.language != "sh":
            continue
        typed = list(typed_in(block.text))
        for number, words in enumerate(typed, start=1):
            is_told = number == len(typed) and after is not None and after.language in PRINTED
            yield Command(words=words, shown=after if is_told else None)


def typed_in(shell: str) -> Iterator[tuple[str, ...]]:
    """The words of each command; one goes on over lines that end with a backslash or within quotes."""
    begun = ""
    for line in shell.replace("\\\n", " ").splitlines():
        begun += line
        try:
            yield tuple(shlex.split(begun))
        except ValueError:
            begun += "\n"
        else:
            begun = ""


def is_so(shown: Block, printed: str) -> bool:
    """Whether what a page shows is what came: of JSON it may show a part."""
    if shown.language == "json":
        return tells(json.loads(shown.text), json.loads(printed))
    if shown.remark == "in any order":
        return sorted(shown.text.splitlines()) == sorted(printed.splitlines())
    return shown.text == printed


def tells(told: Json, found: Json) -> bool:
    """Whether what is told of a value is so: fields that are left out may be anything."""
    if told == ANYTHING:
        return True
    if isinstance(told, dict) and isinstance(found, dict):
        return all(name in found and tells(value, found[name]) for name, value in told.items())
    if isinstance(told, list) and isinstance(found, list):
        return len(told) == len(found) and all(map(tells, told, found))
    return bool(told == found)
