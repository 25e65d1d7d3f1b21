"""What an engine counts and how full it is, read when somebody asks for it."""

from collections.abc import Collection, Mapping

from prometheus_client import Histogram

from treadle.runtime.claimer import Claimer
from treadle.runtime.committer import Committer
from treadle.runtime.driver import Driver
from treadle.runtime.followers import Followers
from treadle.runtime.performer import Performer
from treadle.telemetry.tally import Tally


class Readings:
    """Each is as it is now; to read one costs an engine nothing between two looks.

    `drivers` are those of the live executions, as they are at any time.
    """

    def __init__(
        self,
        *,
        committer: Committer,
        claimer: Claimer,
        performer: Performer,
        followers: Followers,
        drivers: Collection[Driver],
        live_max: int,
    ) -> None:
        self.tally = Tally()
        self.live_max = live_max
        self._committer = committer
        self._claimer = claimer
        self._performer = performer
        self._followers = followers
        self._drivers = drivers

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
