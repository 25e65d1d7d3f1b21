"""Executions that together live through every event there is."""

from collections.abc import Callable
from typing import Final

from tests.histories.asking_stories import ASKING
from tests.histories.branching_stories import BRANCHING
from tests.histories.child_stories import CHILDREN
from tests.histories.full_stories import FULL
from tests.histories.iterating_stories import ITERATING
from tests.histories.later_stories import LATER
from tests.histories.open_stories import OPEN
from tests.histories.plain_stories import PLAIN
from tests.histories.waiting_stories import WAITING
from treadle.testing.playing import Play

STORIES: Final[dict[str, Callable[[], Play]]] = {
    story.__name__: story
    for story in (
        *PLAIN,
        *BRANCHING,
        *ITERATING,
        *WAITING,
        *ASKING,
        *CHILDREN,
        *OPEN,
        *LATER,
        *FULL,
    )
}
