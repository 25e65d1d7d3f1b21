"""A node that was written: what later nodes read of it."""

from typing import NoReturn

from treadle.workflow.operands import Origins
from treadle.workflow.references import Reference, ResponseRead


class Node:
    """A node of a workflow. Its references are good in that workflow only."""

    def __init__(self, node_id: str, origins: Origins) -> None:
        self.id = node_id
        self.origins = origins

    @property
    def output(self) -> Reference:
        return self._read("output")

    @property
    def response(self) -> ResponseRead:
        return ResponseRead("nodes", self.id, "response", origins=self.origins)

    @property
    def status(self) -> Reference:
        return self._read("status")

    @property
    def attempts(self) -> Reference:
        return self._read("attempts")

    @property
    def idempotency_key(self) -> Reference:
        """The key that all attempts of the node are sent with; it is known before there is an answer."""
        return self._read("idempotency_key")

    def __repr__(self) -> str:
        return f"<node {self.id}>"

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError(f"{self!r} is no value: write `.output` or `.id` after it")

    def _read(self, field: str) -> Reference:
        return Reference("nodes", self.id, field, origins=self.origins)
