"""What stands in the field of a node and is made by a function of its own: `http(...)`, `retry(...)`."""

import msgspec

from treadle.model.json import Json
from treadle.workflow.operands import Origins


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """`tree` is what the document holds, `origins` the workflows that it reads from."""

    tree: Json
    origins: Origins


class Activity(Part, frozen=True, kw_only=True):
    """Outside work, as an object with the name of the activity as its only key."""


class Retry(Part, frozen=True, kw_only=True):
    """How often and when an activity is tried again."""


class Undo(Part, frozen=True, kw_only=True):
    """How a node is compensated."""


class Callback(Part, frozen=True, kw_only=True):
    """How long a callback is awaited, and what it has to say."""


class Defaults(Part, frozen=True, kw_only=True):
    """What holds for every node that does not say otherwise."""
