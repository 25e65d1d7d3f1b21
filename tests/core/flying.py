"""What is in flight in a play, by name, and how one of several attempts ends."""

from treadle.model.commands import DeliverCallback, ReportOutcome
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Invocation
from treadle.model.events import ActivityStarted
from treadle.model.execution import CompensationStatus
from treadle.model.ids import ActivityId
from treadle.model.json import Json
from treadle.model.outcomes import Ok, Outcome
from treadle.testing.playing import Play


def name_of(flight: Invocation) -> str:
    """The path of what is called, `undo <path>` when that is being undone."""
    return flight.node if flight.compensates is None else f"undo {flight.node}"


def in_flight(play: Play) -> list[str]:
    """The names of all attempts in flight, oldest frame first."""
    return [name_of(flight) for flight in play.flights()]


def flight_of(play: Play, name: str) -> Invocation:
    """The attempt in flight of that name."""
    (found,) = [flight for flight in play.flights() if name_of(flight) == name]
    return found


def ends(play: Play, name: str, outcome: Outcome) -> Decision:
    """The attempt of that name ends so."""
    flight = flight_of(play, name)
    return play.do(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=outcome))


def ok(play: Play, name: str, body: Json = None) -> Decision:
    """The attempt of that name ends ok."""
    return ends(play, name, Ok(body=body))


def all_ok(play: Play) -> list[str]:
    """End all that is in flight ok, one after the other, until nothing is; their names in that order."""
    seen = []
    while play.flights():
        name = in_flight(play)[0]
        seen.append(name)
        ok(play, name)
    return seen


def undone(play: Play) -> list[str]:
    """The visits whose compensation was carried out, in the order in which that ended."""
    done = [
        one for one in play.execution.compensations.values() if one.status is CompensationStatus.COMPLETED
    ]
    return [str(one.path) for one in sorted(done, key=lambda one: one.settled)]


def statuses(play: Play) -> dict[str, str]:
    """The status of every visit that the state knows, by path."""
    return {str(visit.path): visit.status.value for visit in play.execution.visits.values()}


def code_of(play: Play, activity: int, body: object = None) -> str:
    """The code with which a callback of that attempt is refused."""
    before = play.execution
    answer = play.ask(DeliverCallback(activity=ActivityId(activity), body=body))
    assert isinstance(answer, Refused)
    assert play.execution is before
    return answer.code


def ids_of(play: Play) -> list[ActivityId]:
    """The ids of all attempts there were that await a callback, from the history."""
    return [
        ActivityId(at)
        for at, event in enumerate(play.history, start=1)
        if isinstance(event, ActivityStarted) and event.callback_until is not None
    ]
