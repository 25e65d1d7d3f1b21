"""A node as its call gives it, before it has a place."""

from collections.abc import Mapping

from treadle.model.json import Json
from treadle.workflow.known import only_known
from treadle.workflow.operands import Origins
from treadle.workflow.own import named
from treadle.workflow.parts import Activity
from treadle.workflow.writing import Writing


class Draft:
    """`tree` is what the document will hold; `start` is that of the node's own body, if it is a graph."""

    def __init__(self, kind: str, node_id: str, given: Mapping[str, object], known: type) -> None:
        only_known(kind, given, known)
        fields = dict(given)
        self.id = node_id
        self.start: Json = fields.pop("start", None)
        self._kind = kind
        self._writing = Writing()
        self.tree: dict[str, Json] = {"id": node_id, "kind": kind, **self._writing.fields(fields, kind)}

    @property
    def origins(self) -> Origins:
        """The workflows that it reads from."""
        return self._writing.origins

    def put(self, field: str, value: object) -> None:
        """Write one field more, before those given by name."""
        self._lead(self._writing.fields({field: value}, self._kind))

    def call(self, activity: Activity) -> None:
        """Say what it calls.

        Raises:
            TypeError: it is no activity.
        """
        self._lead(self._writing.call(self._kind, activity))

    def _lead(self, fields: dict[str, Json]) -> None:
        head = {word: self.tree[word] for word in ("id", "kind")}
        self.tree = {**head, **fields, **self.tree}

    def whole(self) -> dict[str, Json]:
        """The node; where it reads itself, it is named."""
        return {field: named(value, self.id) for field, value in self.tree.items()}
