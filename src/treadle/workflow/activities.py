"""Outside work: what a task calls, and what undoes it, probes it or is told of the end."""

from typing import Unpack, overload

from treadle.workflow.checking import check_part
from treadle.workflow.fields import HandlerFields, HttpFields
from treadle.workflow.known import only_known
from treadle.workflow.parts import Activity
from treadle.workflow.writing import Text, Writing


@overload
def http(url: Text, /, **fields: Unpack[HttpFields]) -> Activity: ...
@overload
def http(method: str, url: Text, /, **fields: Unpack[HttpFields]) -> Activity: ...
def http(first: Text, second: Text | None = None, /, **fields: Unpack[HttpFields]) -> Activity:
    """An HTTP call: `http("POST", f"http://stock/{order.id}", body={...})`; GET without a method.

    Raises:
        WorkflowError: the call could stand nowhere.
        TypeError: there is no such field.
    """
    only_known("http", fields, HttpFields)
    writing = Writing()
    address = {"url": first} if second is None else {"method": first, "url": second}
    return _activity({"http": writing.fields({**address, **fields})}, writing)


def handler(name: str, /, **fields: Unpack[HandlerFields]) -> Activity:
    """A Python function by the name that it is registered under; its `input` is else the execution's.

    Raises:
        WorkflowError: the call could stand nowhere.
        TypeError: there is no such field.
    """
    only_known("handler", fields, HandlerFields)
    writing = Writing()
    given = writing.fields(fields)
    return _activity({"handler": {"name": name, **given} if given else name}, writing)


def _activity(tree: dict[str, object], writing: Writing) -> Activity:
    check_part(tree)
    return Activity(tree=tree, origins=writing.origins)
