"""Text in a Mermaid flowchart: whatever an author wrote, it is shown as it is and is never syntax.

Within quotes Mermaid still reads entities, HTML, Markdown, directives and icons, and cuts lines that look
like styles. So every character that could begin one of them is written as the entity of its number.
"""

import re
from typing import Final

TEXT_CHARS_MAX: Final = 80
"""A longer text is cut: a box is for a name."""
BREAK: Final = "<br/>"
SPECIAL: Final = re.compile(
    r"[^\w\s./,-]"
    r"|(?<![^\W_])[-_.]|[-_.](?![^\W_])"
    r"|(?<=direction)\s"
    r"|[ﬂ¶]",
    re.IGNORECASE,
)
"""What is written as an entity: all but letters, digits, blanks, commas, slashes and joiners; joiners where
they join no two parts of a word, for Markdown; the blank of `direction LR`, which is syntax in any line; and
two letters that Mermaid marks its entities with."""


def quoted_text(*lines: str) -> str:
    """The lines that have something in them as one text in quotes; a blank one if none has."""
    written = [escaped for line in lines if (escaped := _escaped(line))]
    return f'"{BREAK.join(written) or " "}"'


def _escaped(line: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in line)
    words = " ".join(printable.split())
    shown = words if len(words) <= TEXT_CHARS_MAX else f"{words[: TEXT_CHARS_MAX - 1]}…"
    return SPECIAL.sub(lambda found: f"#{ord(found[0])};", shown)
