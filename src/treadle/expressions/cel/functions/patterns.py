"""`matches`, by RE2: the one file that knows the library. It takes time in proportion to the text, always."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

import re2  # type: ignore[import-untyped]  # the wheel has no stubs

from treadle.expressions.cel.evaluation import CelError, Evaluation, misfit
from treadle.expressions.cel.functions.function import Functions
from treadle.expressions.cel.values import Value

PATTERN_CHARS_MAX: Final = 1_024
PATTERN_MEMORY_MAX: Final = 32_768
"""Bytes that a compiled pattern may take; a larger one is refused."""
REMEMBERED_MAX: Final = 512
"""Compiled patterns: none is kept by the expression it stands in, or a document could fill the memory."""
PATTERN_OPERATIONS: Final = 2_000
"""What a pattern costs once in an evaluation: it may have to be compiled (0.5 ms at most)."""
BYTE_STEPS: Final = 16
"""Bytes of text times instructions of the pattern that count as one operation (6 ns each at most)."""
MATCH_OPERATIONS: Final = 32

Pattern: TypeAlias = Callable[[Evaluation, str], bool]


@lru_cache(REMEMBERED_MAX)
def compile_pattern(written: str) -> Pattern:
    """What tells whether a text has a part that the pattern describes.

    Raises:
        CelError: `invalid_pattern`.
    """
    if len(written) > PATTERN_CHARS_MAX:
        raise CelError(f"a pattern may have {PATTERN_CHARS_MAX:,} characters", "invalid_pattern")
    options = re2.Options()
    options.max_mem = PATTERN_MEMORY_MAX
    options.log_errors = False
    options.never_capture = True
    try:
        pattern = re2.compile(written.encode("utf-8"), options)
    except (re2.error, UnicodeEncodeError) as error:
        raise CelError(f"the pattern is none of RE2: {_said(error)}", "invalid_pattern") from error
    size: int = pattern.programsize

    def matches(evaluation: Evaluation, text: str) -> bool:
        try:
            written = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise CelError("the text has half of a character in it") from error
        evaluation.spend(MATCH_OPERATIONS + len(written) * size // BYTE_STEPS)
        return pattern.search(written) is not None

    return matches


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)


def matches(evaluation: Evaluation, text: Value, pattern: Value) -> Value:
    """Whether a part of the text is as the pattern says; the whole text with `^` and `$`."""
    if type(text) is not str or type(pattern) is not str:
        raise misfit("matches", text, pattern)
    found = evaluation.patterns.get(pattern)
    if found is None:
        evaluation.spend(PATTERN_OPERATIONS)
        found = evaluation.patterns[pattern] = compile_pattern(pattern)
    return found(evaluation, text)


FUNCTIONS: Final[Functions] = {("matches", 2): matches}
METHODS: Final[Functions] = FUNCTIONS
