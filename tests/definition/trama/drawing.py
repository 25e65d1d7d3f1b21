"""Trama documents drawn at random: valid in every respect, and odd wherever that format lets them be."""

from collections.abc import Sequence
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from treadle.model.json import Json

T = TypeVar("T")
STEPS_MAX: Final = 5
NAMES: Final = (
    "reserve",
    "charge card",
    "pay-2",
    "ship.it",
    "4",
    "prüfen",
    "a_b",
    "a b",
    "x" * 70,
    'say "{{hi}}"',
)
INPUT_PATHS: Final = ("payload.id", "input.n", "payload.of.a", "payload.gone", "payload.order-id", "input")
ODD_PATHS: Final = (
    "paylod.id",
    "sagaId",
    "sagaName",
    "sagaVersion",
    "stepName",
    "phase",
    "prev.body.v",
    "prev.body",
)
HOSTS: Final = (
    "http://svc/",
    "http://svc:80/x?q=",
    "{{payload.base}}/",
    "http://{{payload.host}}/",
    "{{{payload.base}}}",
)
VERBS: Final = ("GET", "POST", "PUT", "DELETE")


def documents() -> SearchStrategy[Json]:
    """Documents of both versions without any error."""
    return _documents()


@st.composite
def _documents(draw: DrawFn) -> Json:
    pen = _Pen(draw)
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=STEPS_MAX, unique=True))
    document: dict[str, Json] = {"name": "order.saga-1", "version": "v1"}
    if pen.chance():
        document["failureHandling"] = pen.choose(
            (
                {"type": "retry", "maxAttempts": 3, "delayMillis": 500},
                {"type": "backoff", "maxAttempts": 0, "initialDelayMillis": 0, "maxDelayMillis": 90_000},
            )
        )
    for hook in ("onSuccessCallback", "onFailureCallback"):
        if pen.chance():
            document[hook] = pen.call(names)
    if pen.chance():
        return document | {"steps": [_step(pen, name, names) for name in names]}
    return document | _graph(pen, names)


def _step(pen: "_Pen", name: str, names: Sequence[str]) -> Json:
    return {"name": name, "up": pen.call(names), "down": pen.call(names)}


def _graph(pen: "_Pen", names: Sequence[str]) -> dict[str, Json]:
    """A chain in which switches may lead past some nodes, or (with nothing to undo) back to any."""
    goes_round = pen.chance()
    nodes: list[Json] = []
    for index, name in enumerate(names):
        following = names[index + 1] if index + 1 < len(names) else None
        others = names if goes_round else names[index + 1 :]
        nodes.append(_node(pen, name, following, others, names, may_undo=not goes_round))
    return {"entrypoint": names[0], "nodes": nodes}


def _node(
    pen: "_Pen",
    name: str,
    following: str | None,
    others: Sequence[str],
    names: Sequence[str],
    *,
    may_undo: bool,
) -> Json:
    kind = pen.choose(("task", "task", "async", "switch", "sleep"))
    if kind == "switch" and following is not None:
        cases = [
            {"when": pen.condition(names), "target": pen.choose(others), "name": pen.choose(("x", "y"))}
            for _ in range(pen.number(1, 2))
        ]
        return {"kind": "switch", "id": name, "cases": cases, "default": following}
    node: dict[str, Json] = {"id": name, "next": following}
    if kind == "sleep":
        return {**node, "kind": "sleep", "durationMillis": pen.choose((1, 1_500, 86_400_000))}
    if may_undo and pen.chance():
        node["compensation"] = pen.call(names)
    if kind == "async":
        callback = {"timeoutMillis": 60_000, pen.choose(("successWhen", "failureWhen")): pen.judgement()}
        action: Json = {"mode": "async", "request": pen.call(names, is_awaited=True), "callback": callback}
    else:
        action = {"mode": "sync", "request": pen.call(names), "successStatusCodes": [200, 404]}
    return {**node, "kind": "task", "action": action}


class _Pen:
    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def chance(self) -> bool:
        return self._draw(st.booleans())

    def choose(self, options: Sequence[T]) -> T:
        return self._draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def path(self, names: Sequence[str]) -> str:
        name = self.choose(names)
        index = self.number(0, len(names))
        options = (
            self.choose(INPUT_PATHS),
            self.choose(ODD_PATHS),
            f"nodes.{name}.response.body.v",
            f"nodes.{name}.response.body",
            f"step.{name}.body.v",
            f"step.{index}.up.body.v",
            f"steps.{index}.body",
            f"step.{name}.{self.choose(('index', 'name', 'down.body'))}",
        )
        found = self.choose(options)
        # Braces in a name cannot be written in a path.
        return "payload.id" if "{" in found else found

    def tag(self, names: Sequence[str]) -> str:
        path = self.path(names)
        return self.choose(
            (f"{{{{{path}}}}}", f"{{{{ {path} }}}}", f"{{{{{{{path}}}}}}}", f"{{{{&{path}}}}}")
        )

    def text(self, names: Sequence[str]) -> str:
        parts = (
            self.tag(names),
            f"a {self.tag(names)} b",
            "plain",
            f"{{ {self.tag(names)} }}",
            f"{{{{! said }}}}{self.tag(names)}{self.tag(names)}",
        )
        return self.choose(parts)

    def body(self, names: Sequence[str]) -> Json:
        text = self.text(names)
        return self.choose(
            (
                {"a": text, "b": [self.text(names), 7, None]},
                text,
                {"value": text},
                f'{{"a": "{self.tag(names)}"}}',
                f'{{"raw": {self.tag(names)}}}',
                {self.tag(names): 1},
            )
        )

    def call(self, names: Sequence[str], *, is_awaited: bool = False) -> Json:
        found: dict[str, Json] = {
            "url": f"{self.choose(HOSTS)}{self.tag(names)}",
            "verb": self.choose(VERBS),
            "headers": {"X-Text": self.text(names)} if self.chance() else {},
            "body": self.body(names),
        }
        if is_awaited:
            found["body"] = {"to": "{{runtime.callback.url}}", "with": "t {{{runtime.callback.token}}}"}
            found["headers"]["X-Token"] = "{{runtime.callback.token}}"
        return found

    def condition(self, names: Sequence[str]) -> Json:
        read = {"var": self.path(names)}
        return self.choose(
            (
                {"==": [read, "v"]},
                {"!": [read]},
                {"var": [self.path(names), "default"]},
                {"and": [{"<": [{"var": "payload.n"}, 3]}, read]},
                {"missing": [self.path(names), "payload.id"]},
                {"some": [{"var": "payload.tags"}, {"==": [{"var": ""}, "x"]}]},
                {"if": [read, True, False]},
                '{"!!": [{"var": "payload.id"}]}',
                True,
            )
        )

    def judgement(self) -> Json:
        return self.choose(
            ({"==": [{"var": "callback.body.ok"}, True]}, {"var": "input.id"}, {"var": "payload.gone"}, False)
        )


VALUES: Final = st.sampled_from(["v", 'a "b" & c/d', 5, 99.5, True, ["x"], {"v": "w"}, {"v": 1}])


@st.composite
def inputs(draw: DrawFn) -> Json:
    """Inputs in which anything may be missing; nothing is null."""
    found = {key: draw(VALUES) for key in ("id", "n", "of", "order-id") if draw(st.booleans())}
    return {**found, "base": "http://svc/v1", "host": "svc", "tags": draw(st.sampled_from([[], ["x", "y"]]))}
