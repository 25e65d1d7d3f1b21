"""Record the histories that the fold must read for ever: `python -m tests.histories.record`.

One that is there is never written again: what a release has stored stays as it was stored.
"""

from pathlib import Path

import msgspec

from tests.histories.stories import STORIES
from treadle.codec import events, snapshots
from treadle.codec.packing import unpack

HERE = Path(__file__).parent


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """The stored JSON of the events, and of the state that they fold to."""

    events: msgspec.Raw
    snapshot: msgspec.Raw


def path_of(story: str) -> Path:
    return HERE / str(events.SCHEMA) / f"{story}.json"


def record() -> list[Path]:
    """Write what is missing."""
    written = []
    for name, story in STORIES.items():
        path = path_of(name)
        if not path.exists():
            play = story()
            recorded = Recorded(
                events=msgspec.Raw(unpack(events.encode_events(play.history))),
                snapshot=msgspec.Raw(unpack(snapshots.encode_snapshot(play.execution))),
            )
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(msgspec.json.format(msgspec.json.encode(recorded), indent=1) + b"\n")
            written.append(path)
    return written


if __name__ == "__main__":
    record()
