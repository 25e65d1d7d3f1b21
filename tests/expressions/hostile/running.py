"""Every hostile expression in a process of its own, with bounds that the system sets on its memory and time.

Prints one line of JSON for each: its name and how it ended.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Final

from tests.expressions.hostile.cases import FAILED, GIVEN, REFUSED, Form, Hostile
from tests.expressions.hostile.corpus import CORPUS
from tests.expressions.roots import FakeRoots
from treadle.expressions.addresses import compile_header, compile_query_value, compile_url
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import CONDITION, REQUEST, Place
from treadle.expressions.templates import compile_template
from treadle.model.expression import Expression, ExpressionError
from treadle.model.json import Json

MEMORY_BYTES: Final = 512 * 1024 * 1024
"""Address space that an expression may take besides what the process has."""
CPU_SECONDS: Final = 20
"""More than the slowest takes on a slow machine, far less than forever."""
COMPILERS: Final[Mapping[Form, tuple[Callable[[Json, Place], Expression], Place]]] = {
    "condition": (compile_condition, CONDITION),
    "template": (compile_template, REQUEST),
    "url": (compile_url, REQUEST),
    "header": (compile_header, REQUEST),
    "query": (compile_query_value, REQUEST),
}


def ended(hostile: Hostile) -> str:
    """How it ends, in this process."""
    compile_it, place = COMPILERS[hostile.form]
    made, roots = hostile.made(), FakeRoots(**hostile.roots())
    try:
        compiled = compile_it(made, place)
    except InvalidExpression as error:
        return f"{REFUSED} {error.faults[0].code}"
    try:
        compiled(roots)
    except ExpressionError as error:
        return f"{FAILED} {error.code}"
    return GIVEN


def bounded() -> None:
    """From now on more memory or time is not to be had."""
    with open("/proc/self/statm", encoding="ascii") as pages:
        taken = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY_BYTES, taken + MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def ended_alone(hostile: Hostile) -> str:
    """How it ends in a process of its own, which may be killed for it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        bounded()
        try:
            how = ended(hostile)
        except BaseException as error:
            how = f"raised {type(error).__name__}: {error}"[:500]
        os.write(writing, how.encode("utf-8", "replace"))
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with open(reading, encoding="utf-8") as told:
        how = told.read()
    return how if status == 0 else f"killed by signal {os.WTERMSIG(status)}"


def main() -> None:
    """Run all of them, or those named."""
    for hostile in CORPUS:
        if len(sys.argv) == 1 or hostile.full_name in sys.argv[1:]:
            print(json.dumps([hostile.full_name, ended_alone(hostile)]), flush=True)


if __name__ == "__main__":
    main()
