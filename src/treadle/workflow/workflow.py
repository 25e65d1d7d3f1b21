"""A workflow written in Python: the same definition as the document that says the same."""

from copy import deepcopy
from typing import Unpack
from warnings import warn_explicit

import msgspec

from treadle.definition.read import check
from treadle.model.definition import Definition
from treadle.model.json import Json
from treadle.workflow.assembly import Assembly, Body
from treadle.workflow.checking import Surroundings, check_document
from treadle.workflow.errors import WorkflowWarning, faulty_lines, told_fault
from treadle.workflow.fields import HookFields, WorkflowFields
from treadle.workflow.kinds import Kinds
from treadle.workflow.known import only_known
from treadle.workflow.openings import empty_fields
from treadle.workflow.parts import Activity
from treadle.workflow.writing import Value, Writing


class Workflow(Kinds):
    """`w = Workflow("checkout", "1")`, then a call for each node, then `w.build()`.

    Nodes are written into the body that is open: the root body, or that of the innermost `with`. With `start`
    the root body is a graph, whose nodes name their `next`.
    """

    def __init__(self, name: str, version: str, /, **fields: Unpack[WorkflowFields]) -> None:
        """Begin a workflow.

        Raises:
            WorkflowError: a field is wrong.
            TypeError: there is no such field.
        """
        only_known("Workflow", fields, WorkflowFields)
        writing, start = Writing(), fields.get("start")
        given = writing.fields({field: value for field, value in fields.items() if field != "start"})
        tree = {"name": name, "version": version, **given, **empty_fields(start)}
        check_document(tree)
        word = "steps" if start is None else "nodes"
        surroundings = Surroundings(is_graph=start is not None, defaults=given.get("defaults"))
        super().__init__(Assembly(tree, Body(tree[word], f"/{word}", surroundings)))
        self._assembly.check_origins(writing.origins)
        self._definition: Definition | None = None

    def output(self, value: Value, /) -> None:
        """Say what the output of the execution is; without it, that of its last node.

        Raises:
            WorkflowError: a template is wrong, or it was said before.
        """
        writing = Writing()
        self._assembly.put("output", writing.fields({"output": value})["output"], writing.origins)

    def on_success(self, activity: Activity, /, **fields: Unpack[HookFields]) -> None:
        """Call this last when an execution completes.

        Raises:
            WorkflowError: the call is wrong here, or it was said before.
        """
        self._hook("on_success", activity, fields)

    def on_failure(self, activity: Activity, /, **fields: Unpack[HookFields]) -> None:
        """Call this last when an execution fails; `failure` says why it did.

        Raises:
            WorkflowError: the call is wrong here, or it was said before.
        """
        self._hook("on_failure", activity, fields)

    def on_cancel(self, activity: Activity, /, **fields: Unpack[HookFields]) -> None:
        """Call this last when an execution is cancelled.

        Raises:
            WorkflowError: the call is wrong here, or it was said before.
        """
        self._hook("on_cancel", activity, fields)

    def build(self) -> Definition:
        """The definition. From now on nothing can be added; to build again gives the same.

        What is legal but suspicious is shown as a WorkflowWarning at the line that wrote it.

        Raises:
            WorkflowError: every fault that is only seen in the whole, with the lines that they are about.
        """
        if self._definition is None:
            self._definition = self._built()
        return self._definition

    def document(self) -> Json:
        """The document that says the same, as JSON.

        Raises:
            WorkflowError: as `build`.
        """
        return deepcopy(self.build().document)

    def to_json(self) -> bytes:
        """The document as bytes, as `treadle run` and the API take it.

        Raises:
            WorkflowError: as `build`.
        """
        return msgspec.json.encode(self.build().document)

    def _hook(self, field: str, activity: Activity, fields: HookFields) -> None:
        only_known(field, fields, HookFields)
        writing = Writing()
        tree = {**writing.call(field, activity), **writing.fields(fields)}
        self._assembly.put(field, tree, writing.origins)

    def _built(self) -> Definition:
        report = check(self._assembly.whole())
        if report.definition is None:
            found = [(fault, self._assembly.written(fault.pointer)) for fault in report.errors]
            raise faulty_lines(self.full_name, found)
        for fault in report.warnings:
            line = self._assembly.written(fault.pointer).line
            warn_explicit(told_fault(fault), WorkflowWarning, line.file, line.number)
        self._assembly.finish()
        return report.definition
