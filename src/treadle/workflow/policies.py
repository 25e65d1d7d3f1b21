"""How activities are tried, awaited and undone, and what holds for every node of a workflow."""

from typing import Final, Unpack

from treadle.model.json import Json
from treadle.workflow.checking import NO_NODES, check_document, check_part
from treadle.workflow.fields import CallbackFields, DefaultsFields, RetryFields, UndoFields
from treadle.workflow.known import only_known
from treadle.workflow.parts import Activity, Callback, Defaults, Retry, Undo
from treadle.workflow.references import Read, Reference
from treadle.workflow.writing import Writing

TASK: Final[dict[str, Json]] = {"handler": "a"}


def retry(**fields: Unpack[RetryFields]) -> Retry:
    """How often and when an activity is tried again; what is not said comes from the defaults.

    Raises:
        WorkflowError: a value is outside its range.
        TypeError: there is no such field.
    """
    only_known("retry", fields, RetryFields)
    tree = Writing().fields(fields)
    check_part({**TASK, "retry": tree}, "/retry")
    return Retry(tree=tree, origins=frozenset())


def undo(activity: Activity, /, **fields: Unpack[UndoFields]) -> Undo:
    """How a node is undone; `unknown` is called when the request needs an answer that never came.

    Raises:
        WorkflowError: the compensation could stand nowhere.
        TypeError: there is no such field.
    """
    only_known("undo", fields, UndoFields)
    writing = Writing()
    tree = {**activity.tree, **writing.fields(fields)}
    check_part({**TASK, "compensate": tree}, "/compensate")
    return Undo(tree=tree, origins=writing.origins | activity.origins)


def defaults(**fields: Unpack[DefaultsFields]) -> Defaults:
    """What holds for every node that does not say otherwise.

    Raises:
        WorkflowError: a value is outside its range.
        TypeError: there is no such field.
    """
    only_known("defaults", fields, DefaultsFields)
    writing = Writing()
    tree = writing.fields(fields)
    check_document({**NO_NODES, "defaults": tree})
    return Defaults(tree=tree, origins=writing.origins)


class CallbackRead(Read):
    """`callback.url` and `callback.token` in an async request; called, how the callback is awaited."""

    __slots__ = ()

    @property
    def url(self) -> Reference:
        return self._inner("url")

    @property
    def token(self) -> Reference:
        return self._inner("token")

    def __call__(self, **fields: Unpack[CallbackFields]) -> Callback:
        """How long the callback is awaited, and what it has to say: `fail_when=body.status == "denied"`.

        Raises:
            WorkflowError: a value is outside its range, or a condition is none.
            TypeError: there is no such field.
        """
        only_known("callback", fields, CallbackFields)
        writing = Writing()
        tree = writing.fields(fields)
        check_part({**TASK, "callback": tree}, "/callback")
        return Callback(tree=tree, origins=writing.origins)


callback: Final = CallbackRead("callback")
"""Where an async request says how its answer comes back."""
