"""Which kinds of node there are, and which are to come: a new kind is one reader and one row."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.kinds.reader import KindReader
from treadle.definition.kinds.sleep import SLEEP
from treadle.definition.kinds.switch import SWITCH
from treadle.definition.kinds.task import TASK

KINDS: Final[Mapping[str, KindReader]] = {"task": TASK, "switch": SWITCH, "sleep": SLEEP}
LATER_KINDS: Final = frozenset(
    {"wait", "parallel", "race", "each", "loop", "try", "shield", "split", "child", "emit", "set", "end"}
)
