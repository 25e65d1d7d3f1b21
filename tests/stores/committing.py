"""A process that commits until it is killed and says what was acknowledged, one line a batch.

The first execution of each batch starts another one and tells it, and tells the last of the batch.

python -m tests.stores.committing STORE BATCH
"""

import asyncio
import itertools
import sys
from pathlib import Path

from treadle.ports.commit import CommitResult
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import ENGINE, at, following, note, other, reaching, start


async def commit_for_ever(path: Path, batch: int) -> None:
    store = SqliteStore.open(path)
    await store.register_engine(ENGINE, at(0))
    commits = [start(f"e{index:03}") for index in range(batch)]
    for number in itertools.count(1):
        child = f"child{number:06}"
        notes = [note(child), note(commits[-1].execution_id, b"%d" % number)]
        results = await store.commit([reaching(commits[0], starts=[other(child)], notes=notes), *commits[1:]])
        if set(results) != {CommitResult.COMMITTED}:
            raise SystemExit(f"batch {number} was refused")
        print(number, flush=True)
        commits = [following(each, snapshot=b"state" if number % 5 == 0 else None) for each in commits]


if __name__ == "__main__":
    asyncio.run(commit_for_ever(Path(sys.argv[1]), int(sys.argv[2])))
