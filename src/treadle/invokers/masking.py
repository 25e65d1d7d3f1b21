"""What filled the holes of a request stays out of logs and of what an outcome says."""

import json
import re
from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import Final
from urllib.parse import quote

from treadle.model.effects import Invocation
from treadle.model.json import Json

MASKED: Final = "***"
CUT_CHARS_MIN: Final = 4
"""A text that was cut may end within a value: with that many of its first characters the rest goes too."""
UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")


class Mask:
    """Takes values out of a text, also where they are percent-encoded or escaped in it."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values = sorted({value.strip() for value in values} - {""}, key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._values)

    def __call__(self, text: str) -> str:
        """The text with MASKED where a value stood, or the beginning of one at its end."""
        if not self._values:
            return text
        return self._without_cut_value(self._pattern.sub(MASKED, text))

    def whole(self, text: str) -> str:
        """The same for a text that was not cut: its end is its own."""
        return self._pattern.sub(MASKED, text) if self._values else text

    # Most attempts have nothing to mask but their values: the pattern is made when one fails.
    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_spelled, self._values)), re.IGNORECASE)

    def _without_cut_value(self, text: str) -> str:
        for value in self._values:
            for chars in range(len(value) - 1, CUT_CHARS_MIN - 1, -1):
                if text.endswith(value[:chars]):
                    return text[:-chars] + MASKED
        return text


NO_MASK: Final = Mask()


def masked(value: Json, mask: Mask) -> Json:
    """The value with every text in it masked, keys too."""
    if isinstance(value, str):
        return mask.whole(value)
    if isinstance(value, list):
        return [masked(item, mask) for item in value]
    if isinstance(value, dict):
        return {mask.whole(key): masked(item, mask) for key, item in value.items()}
    return value


class FilledInvocation(Invocation, frozen=True, kw_only=True, gc=False):
    """An attempt as it is sent, its holes filled.

    `mask` takes what filled them out of a text.
    """

    mask: Mask


def mask_of(invocation: Invocation) -> Mask:
    """What is to be kept out of all that is told of this attempt."""
    return invocation.mask if isinstance(invocation, FilledInvocation) else NO_MASK


def _spelled(value: str) -> str:
    """A pattern of the value as it is, in a URL, in JSON, or as Python writes it; blanks run together.

    What has matched is not tried in another way (`(?>`, `++`): no text can make the search slow.
    """
    spelled = "".join(
        rf"(?:\s|{_forms(set(run))})++" if is_blank else "".join(map(_char, run))
        for is_blank, run in groupby(value, _is_blank)
    )
    return f"{spelled}|{re.escape(value)}"


def _char(char: str) -> str:
    return re.escape(char) if UNRESERVED.fullmatch(char) else f"(?>{_forms({char})})"


def _forms(chars: Iterable[str]) -> str:
    """The longest first, since a shorter one may be the beginning of it."""
    forms = {form for char in chars for form in (char, *_escapes(char)) if not form.isspace()}
    return "|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form))))


def _escapes(char: str) -> tuple[str, ...]:
    return (
        quote(char, safe="", errors="replace"),
        json.dumps(char)[1:-1],
        ascii(char)[1:-1],
        f"\\u{ord(char):04x}",
        f"\\{char}",
    )


def _is_blank(char: str) -> bool:
    return char.isspace() or not char.isprintable()
