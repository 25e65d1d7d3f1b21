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


def recorded_as(story: str) -> list[Path]:
    """Where the story stands: in the folder of the schema of snapshots with which it was recorded."""
    return sorted(HERE.glob(f"*/{story}.json"))


def record() -> list[Path]:
    """Write what is missing, in the folder of today's schema of snapshots."""
    written = []
    for name, story in STORIES.items():
        if not recorded_as(name):
            play = story()
            path = HERE / str(snapshots.SCHEMA) / f"{name}.json"
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
