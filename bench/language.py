"""What reading and compiling a document costs, and evaluating an expression: `python -m bench language`."""

import time
from collections.abc import Callable, Sequence
from io import BytesIO
from string import ascii_lowercase
from typing import Final, Literal, TypeVar

import msgspec
from ruamel.yaml import YAML

from bench.core_loop import CoreLoop, collected_as_a_server, reference_us
from bench.documents import large_document
from bench.growth import BOUNDS, compiled, step_document
from treadle.core.scope import Scope
from treadle.definition.compile import compile_definition
from treadle.definition.formats import parse_document
from treadle.definition.formats.exact_yaml import read_exactly
from treadle.definition.read import read_definition
from treadle.expressions.addresses import compile_url
from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION, REQUEST
from treadle.expressions.templates import compile_template
from treadle.model.expression import Expression, Roots
from treadle.model.json import Json

T = TypeVar("T")
NODES: Final = 1_000
DOCUMENT_AIM_MS: Final = 150
"""To read, check and compile that many nodes."""
RESULTS: Final = 10_000
PATH_AIM_US: Final = 1
EXPRESSION_AIM_US: Final = 10
ROUNDS: Final = 7
"""Of which the quickest is told: the others were disturbed."""
EVALUATIONS: Final = 2_000
INPUT: Final[Json] = {
    "order": {"id": "o-1", "total": 250, "method": "express"},
    "items": [{"sku": f"s-{at}", "qty": at} for at in range(5)],
}
READ: Final = f"nodes.step{RESULTS // 2}.output"
PATHS: Final[tuple[Json, ...]] = (
    "{{ input.order.id }}",
    f"{{{{ {READ}.id }}}}",
    f"{{{{ nodes.step{RESULTS // 2}.status }}}}",
    "{{ execution.id }}",
)
TEXTS: Final[tuple[Json, ...]] = (
    f"of {{{{ input.order.id }}}} and {{{{ {READ}.id }}}}",
    {
        "order": "{{ input.order.id }}",
        "of": f"{{{{ {READ} }}}}",
        "note": "for {{ execution.id }}",
        "fixed": 1,
    },
)
RULES: Final[tuple[Json, ...]] = (
    {"==": [{"var": f"{READ}.id"}, 1]},
    {
        "and": [
            {">": [{"var": "input.order.total"}, 100]},
            {"in": [{"var": "input.order.method"}, ["express"]]},
        ]
    },
    {"some": [{"var": "input.items"}, {">": [{"var": "qty"}, 3]}]},
)
CEL: Final[tuple[Json, ...]] = (
    f"{READ}.id == 1",
    'input.order.total > 100 && input.order.method == "express"',
    "input.items.exists(i, i.qty > 3)",
)
CEL_VALUES: Final[tuple[Json, ...]] = (
    '{{ has(input.note) ? input.note : "" }}',
    "{{ input.items.filter(i, i.qty > 1).map(i, i.sku) }}",
)


def timed_ms(work: Callable[[], T]) -> tuple[T, float]:
    """What comes of it, and the time it takes."""
    begin = time.thread_time_ns()
    made = work()
    return made, (time.thread_time_ns() - begin) / 1e6


def evaluation_us(expression: Expression, roots: Roots) -> float:
    """The mean time of an evaluation, in the quickest of the rounds."""

    def evaluate() -> None:
        for _ in range(EVALUATIONS):
            expression(roots)

    return min(timed_ms(evaluate)[1] for _ in range(ROUNDS)) * 1e3 / EVALUATIONS


def reference() -> float:
    """The reference loop at this moment, in microseconds."""
    return min(reference_us() for _ in range(20))


def told(name: str, taken: float, unit: str, aim: str = "") -> str:
    """A line: the figure, and the loop beside it."""
    loop = reference()
    return f"  {name:64} {taken:8.2f} {unit}   loop {loop:4.0f} us{aim and f'   aim {aim}'}"


def written(tree: Json) -> tuple[bytes, bytes]:
    """The document as JSON and as YAML."""
    stream = BytesIO()
    YAML(typ="safe", pure=True).dump(tree, stream)
    return msgspec.json.encode(tree), stream.getvalue()


def documents() -> None:
    """Print what a large document costs that has not been seen before."""
    texts = [written(large_document(NODES, mark)) for mark in ascii_lowercase[:ROUNDS]]
    json, yaml = texts[0]
    print(f"a document of {NODES:,} nodes, {len(json):,} bytes of JSON, {len(yaml):,} of YAML")
    print_stages("JSON", [stages(json, "json") for json, _ in texts])
    # Other documents than those just read: what is remembered of texts is of no help.
    others = [written(large_document(NODES, mark))[1] for mark in ascii_lowercase[ROUNDS : 2 * ROUNDS]]
    print_stages("YAML", [stages(yaml, "yaml") for yaml in others])
    _, exactly = timed_ms(lambda: read_exactly(yaml.decode()))
    print(told("parsed from YAML by the exact reader, once", exactly, "ms"))


def print_stages(name: str, rounds: Sequence[tuple[float, float, float]]) -> None:
    """Print the quickest of each stage, and what they are together."""
    parsed, checked, made = (min(taken) for taken in zip(*rounds, strict=True))
    print(told(f"{name}: parsed", parsed, "ms"))
    print(told(f"{name}: read and checked", checked, "ms"))
    print(told(f"{name}: compiled", made, "ms"))
    print(told(f"{name}: together", parsed + checked + made, "ms", f"{DOCUMENT_AIM_MS} ms"))


def stages(data: bytes, written_in: Literal["json", "yaml"]) -> tuple[float, float, float]:
    """The times to parse, to check and to compile a document."""
    tree, parsed = timed_ms(lambda: parse_document(data, written_in))
    definition, checked = timed_ms(lambda: read_definition(tree))
    _, made = timed_ms(lambda: compile_definition(definition))
    return parsed, checked, made


def roots_of_many() -> Roots:
    """What the root frame of an execution sees before its last step, with all the results before."""
    loop = CoreLoop(compiled(step_document(RESULTS)), INPUT, bounds=BOUNDS)
    answered_but_one = iter([{"id": at} for at in range(RESULTS - 1)])
    while len(loop.execution.visits) < RESULTS:
        loop.answer(next(answered_but_one))
    (frame,) = loop.execution.frames.values()
    return Scope(execution=loop.execution, frame=frame)


def expressions() -> None:
    """Print what expressions of the usual kind cost."""
    print(f"us an evaluation, in an execution with {RESULTS:,} results")
    roots = roots_of_many()
    for path in PATHS:
        print(
            told(
                f"path {path}",
                evaluation_us(compile_template(path, REQUEST), roots),
                "us",
                f"{PATH_AIM_US} us",
            )
        )
    for text in TEXTS:
        print(told(f"template {text}"[:64], evaluation_us(compile_template(text, REQUEST), roots), "us"))
    url = compile_url("http://svc/orders/{{ input.order.id }}", REQUEST)
    print(told("URL", evaluation_us(url, roots), "us"))
    for rule in (*RULES, *CEL):
        name = f"{'CEL' if isinstance(rule, str) else 'JSON Logic'} {rule}"[:64]
        taken = evaluation_us(compile_condition(rule, CONDITION), roots)
        print(told(name, taken, "us", f"{EXPRESSION_AIM_US} us"))
    for value in CEL_VALUES:
        taken = evaluation_us(compile_template(value, REQUEST), roots)
        print(told(f"CEL {value}"[:64], taken, "us", f"{EXPRESSION_AIM_US} us"))


def main() -> None:
    """Print all of it, the reference loop beside each."""
    with collected_as_a_server():
        documents()
        expressions()


if __name__ == "__main__":
    main()
