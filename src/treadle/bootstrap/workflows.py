"""Keeping the workflows of an app when a server starts."""

from collections.abc import Iterable
from typing import Final

import structlog

from treadle.model.ids import Namespace
from treadle.service.definitions import Definitions
from treadle.workflow.workflow import Workflow

NAMESPACE: Final = Namespace("default")

log = structlog.get_logger(__name__)


async def keep_workflows(definitions: Definitions, workflows: Iterable[Workflow]) -> None:
    """Keep the definition of each workflow; one that is kept already stays as it is.

    Raises:
        Rejected: `definition_exists` when its name and version are taken by another document.
    """
    for workflow in workflows:
        kept = await definitions.put(NAMESPACE, workflow.to_json(), "json")
        if kept.is_new:
            log.info("definition kept", definition=workflow.full_name, digest=kept.view.digest)
