"""All use cases, over one set of parts."""

from treadle.service.acts import Acts
from treadle.service.bulk import Bulk
from treadle.service.callbacks import Callbacks
from treadle.service.definitions import Definitions
from treadle.service.engines import Engines
from treadle.service.executions import Executions
from treadle.service.explanations import Explanations
from treadle.service.following import Following
from treadle.service.lists import Lists
from treadle.service.parts import ServiceParts
from treadle.service.signals import Signals
from treadle.service.starts import Starts


class UseCases:
    """What an edge offers to those who call it."""

    def __init__(self, parts: ServiceParts) -> None:
        self.definitions = Definitions(parts)
        self.executions = Executions(parts)
        self.lists = Lists(parts)
        self.starts = Starts(parts, self.executions)
        self.acts = Acts(parts)
        self.bulk = Bulk(parts)
        self.signals = Signals(parts)
        self.callbacks = Callbacks(parts, self.executions)
        self.explanations = Explanations(parts, self.executions)
        self.following = Following(parts, self.executions)
        self.engines = Engines(parts)

    def close(self) -> None:
        """Let everybody go who waits."""
        self.executions.close()
        self.following.close()
