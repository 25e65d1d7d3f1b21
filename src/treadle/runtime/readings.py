"""What an engine counts and how full it is, read when somebody asks for it."""

from collections.abc import Collection, Mapping

import msgspec
from prometheus_client import Histogram

from treadle.model.ids import ExecutionId, Instant
from treadle.runtime.alarms import Alarms
from treadle.runtime.claimer import Claimer
from treadle.runtime.committer import Committer
from treadle.runtime.driver import Driver
from treadle.runtime.followers import Followers
from treadle.runtime.housekeeper import Housekeeper
from treadle.runtime.performer import Performer
from treadle.telemetry.tally import Tally


class ReadParts(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked; `drivers` are those of the live executions, as they are at any time."""

    tally: Tally
    committer: Committer
    claimer: Claimer
    housekeeper: Housekeeper
    performer: Performer
    alarms: Alarms[ExecutionId]
    followers: Followers
    drivers: Collection[Driver]
    live_max: int


class Readings:
    """Each is as it is now; to read one costs an engine nothing between two looks."""

    def __init__(self, parts: ReadParts) -> None:
        self.tally = parts.tally
        self.live_max = parts.live_max
        self._committer = parts.committer
        self._claimer = parts.claimer
        self._housekeeper = parts.housekeeper
        self._alarms = parts.alarms
        self._performer = parts.performer
        self._followers = parts.followers
        self._drivers = parts.drivers

    @property
    def commits(self) -> Mapping[str, int]:
        """How many commits ended so: `committed`, `conflict`, `exists` or `refused`."""
        return self._committer.endings

    @property
    def batches(self) -> tuple[Histogram, Histogram]:
        """Commits in a transaction, and the seconds that it took."""
        return self._committer.batch_commits, self._committer.batch_seconds

    @property
    def store_faults(self) -> int:
        """How often the store could not be written, or asked for what is due."""
        return self._committer.faults + self._claimer.faults

    @property
    def commits_waiting(self) -> int:
        """Commits that wait for the writer."""
        return self._committer.depth

    @property
    def keys_forgotten(self) -> int:
        """Idempotency keys whose time was over."""
        return self._housekeeper.forgotten

    @property
    def next_alarm(self) -> Instant | None:
        """When the first of the live executions falls due, None if none does; it may be past."""
        return self._alarms.earliest

    @property
    def attempts_in_flight(self) -> int:
        """Attempts that are out."""
        return self._performer.in_flight

    @property
    def attempts_outliving(self) -> int:
        """Calls that go on although their attempt was given up."""
        return self._performer.outliving

    @property
    def live(self) -> int:
        """Executions that are driven."""
        return len(self._drivers)

    @property
    def commands_waiting(self) -> int:
        """Commands in all mailboxes."""
        return sum(driver.waiting for driver in self._drivers)

    @property
    def followers(self) -> int:
        """Histories that are followed."""
        return self._followers.count
