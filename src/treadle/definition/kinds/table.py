"""Which kinds of node there are: a new kind is one reader and one row."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.kinds.branches import PARALLEL, RACE
from treadle.definition.kinds.child import CHILD
from treadle.definition.kinds.each import EACH
from treadle.definition.kinds.emit import EMIT
from treadle.definition.kinds.end import END
from treadle.definition.kinds.loop import LOOP
from treadle.definition.kinds.reader import KindReader
from treadle.definition.kinds.set import SET
from treadle.definition.kinds.shield import SHIELD
from treadle.definition.kinds.sleep import SLEEP
from treadle.definition.kinds.split import SPLIT
from treadle.definition.kinds.switch import SWITCH
from treadle.definition.kinds.task import TASK
from treadle.definition.kinds.try_ import TRY
from treadle.definition.kinds.wait import WAIT

KINDS: Final[Mapping[str, KindReader]] = {
    "task": TASK,
    "switch": SWITCH,
    "sleep": SLEEP,
    "wait": WAIT,
    "parallel": PARALLEL,
    "race": RACE,
    "each": EACH,
    "loop": LOOP,
    "try": TRY,
    "shield": SHIELD,
    "split": SPLIT,
    "child": CHILD,
    "emit": EMIT,
    "set": SET,
    "end": END,
}
