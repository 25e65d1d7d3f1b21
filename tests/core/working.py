"""How much work something is, without a clock: the same on every machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def work_of(done: Callable[[], object]) -> int:
    """The lines of Python that run, and the calls into C.

    A loop over many things counts each of them, in a comprehension as well. What C does in one call is one.
    """
    count = 0

    def line(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def call(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "c_call"

    tracing, profiling = sys.gettrace(), sys.getprofile()
    sys.setprofile(call)
    sys.settrace(line)
    try:
        done()
    finally:
        sys.settrace(tracing)
        sys.setprofile(profiling)
    return count
