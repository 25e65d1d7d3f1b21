"""What every workflow can read, by the names that the language gives to it."""

from typing import Final

from treadle.workflow.references import ExecutionRead, FailureRead, Reference

input_: Final = Reference("input")
"""The input of the execution."""
vars_: Final = Reference("vars")
"""Its variables, as `vars` and `set` left them."""
item: Final = Reference("item")
"""In the body of an `each`: the item."""
index: Final = Reference("index")
"""In the body of an `each` or a `loop`: the number of the item or turn, from 0."""
body: Final = Reference("body")
"""Where an answer is judged: its body."""
status: Final = Reference("status")
"""In the `output` of a task: the HTTP status."""
headers: Final = Reference("headers")
"""Where an answer is judged: its headers."""
secrets: Final = Reference("secrets")
"""In a request: a secret by its name."""
execution: Final = ExecutionRead("execution")
failure: Final = FailureRead("failure")
