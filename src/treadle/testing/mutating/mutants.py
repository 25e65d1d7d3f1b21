"""A document that was accepted, and what a seed makes of it."""

from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Final

from treadle.model.json import Json
from treadle.testing.definitions.documents import document
from treadle.testing.definitions.pen import Pen, Seeded
from treadle.testing.mutating.mild import MILD
from treadle.testing.mutating.wild import WILD

CHANGES_MAX: Final = 4
MILD_SHARE: Final = 0.4
"""Of the documents so many get changes of an author only; the others at least one that nobody means."""


def drawn_documents(count: int) -> list[Json]:
    """So many documents over all kinds of node, each of which is accepted; the same ones in every run."""
    return [document(Pen(Seeded(Random(seed)))) for seed in range(count)]


def mutant(seed: int, bases: Sequence[Json]) -> Json:
    """One of the documents after one to four changes: the same for a seed and the same documents."""
    random = Random(seed)
    tree = deepcopy(random.choice(bases))
    is_mild = random.random() < MILD_SHARE
    changes = random.choices(MILD, k=random.randint(1, CHANGES_MAX))
    if not is_mild:
        wild = random.choices(WILD, k=random.randint(1, CHANGES_MAX))
        changes = random.sample([*wild, *changes], k=len(wild) + len(changes))[: max(len(wild), 2)]
    for change in changes:
        change(random, tree)
    return tree
