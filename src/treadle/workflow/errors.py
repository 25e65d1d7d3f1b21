"""What a workflow refuses, raised where the wrong line stands."""

from collections.abc import Sequence

from treadle.model.errors import Fault, Rejected


class WorkflowError(Rejected):
    """A line of a workflow is wrong.

    `code` is `invalid_definition`, and `errors` holds the faults as the reader of documents gives them; or it
    is `invalid_use`, when the document would be right but the workflow was used in a wrong way.
    """


class WorkflowWarning(UserWarning):
    """Something legal but suspicious; shown with the file and line that wrote it."""


def misused(message: str) -> WorkflowError:
    """The error for a wrong use of the builder itself."""
    return WorkflowError("invalid_use", message)


def faulty(faults: Sequence[Fault]) -> WorkflowError:
    """The error for what is wrong with what this line wrote."""
    told = "\n".join(told_fault(fault) for fault in faults)
    return WorkflowError("invalid_definition", told, tuple(faults))


def faulty_lines(name: str, faults: Sequence[tuple[Fault, object]]) -> WorkflowError:
    """The error for what is only seen in the whole: each fault with what wrote it."""
    count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
    told = [f"{written}: {told_fault(fault)}" for fault, written in faults]
    message = "\n  ".join((f"the workflow {name!r} has {count}:", *told))
    return WorkflowError("invalid_definition", message, tuple(fault for fault, _ in faults))


def told_fault(fault: Fault) -> str:
    """A fault in one line."""
    place = f" at {fault.pointer}" if fault.pointer else ""
    return f"{fault.code}{place}: {fault.message}"
