"""What `--app module:app` may name beside a registry: handlers, with the workflows that call them."""

import msgspec

from treadle.worker.registry import Registry
from treadle.workflow.workflow import Workflow


class App(msgspec.Struct, frozen=True, kw_only=True):
    """The server keeps the definitions of `workflows` when it starts, those that it does not have yet."""

    registry: Registry
    workflows: tuple[Workflow, ...] = ()
