"""`switch`: its cases and its default."""

from collections.abc import Mapping
from typing import Final, Unpack

from treadle.model.json import Json
from treadle.workflow.composites import Composite, refuse_second
from treadle.workflow.fields import CaseFields, DefaultFields
from treadle.workflow.known import only_known
from treadle.workflow.openings import Opening, Plan, empty_fields, empty_value
from treadle.workflow.own import named
from treadle.workflow.writing import Condition, Writing

HEAD: Final = frozenset({"when", "name"})


class Switching(Composite):
    """A `switch`: `with pay.case(input_.method == "pix"):` for each case, `with pay.default():` for the rest.

    In a graph `pay.case(..., next="pix")` goes on with a node and has no body. A case without `with` does
    nothing.
    """

    def case(self, when: Condition, /, **fields: Unpack[CaseFields]) -> Opening:
        """A case.

        Raises:
            WorkflowError: the condition is none, the name is taken, or there is no such way.
        """
        only_known("case", fields, CaseFields)
        cases: list[Json] = self._standing.tree["cases"]
        start = fields.get("start")
        case = self._written({"when": when, **fields})
        others = [{word: value for word, value in one.items() if word in HEAD} for one in cases]
        body = {} if start is None else empty_fields(start)
        pointer = self._check({"cases": [*others, {**case, **body}]}, f"cases/{len(cases)}")
        what = f"case {len(cases)} of {self.id!r}"
        cases.append(case)
        plan = Plan(what=what, holder=case, start=start, pointer=pointer, is_shut="next" in case)
        return self._opening(plan, is_needed=start is not None)

    def default(self, **fields: Unpack[DefaultFields]) -> Opening:
        """What is done when no case matches.

        Raises:
            WorkflowError: there is one already, or there is no such way.
        """
        only_known("default", fields, DefaultFields)
        tree, what, start = self._standing.tree, f"the default of {self.id!r}", fields.get("start")
        refuse_second(tree, "default", what)
        written = self._written(fields)
        value = written.get("next", empty_value(start))
        pointer = self._check({"default": value}, "default")
        tree["default"] = value
        plan = Plan(
            what=what, holder=tree, key="default", start=start, pointer=pointer, is_shut="next" in written
        )
        return self._opening(plan, is_needed="next" not in written)

    def _written(self, fields: Mapping[str, object]) -> dict[str, Json]:
        """The fields but for `start`, which belongs to the body."""
        writing = Writing()
        written = writing.fields({name: value for name, value in fields.items() if name != "start"})
        self._assembly.check_origins(writing.origins)
        return {field: named(value, self.id) for field, value in written.items()}

    def _opening(self, plan: Plan, *, is_needed: bool) -> Opening:
        return self._to_open(plan) if is_needed else Opening(self._assembly, self._standing, plan)
