"""The judge of a simulation notices each broken promise in a ledger written by hand."""

import pytest

from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.policies import OnUnknown
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import program, task, undo, undone_task
from treadle.testing.judging import broken_promises
from treadle.testing.ledger import Entry, Kind, Ledger, Side

PROGRAM = program(
    undone_task("a"),
    undone_task("b"),
    task("left", compensation=undo("u"), on_unknown=OnUnknown.FAIL),
    task("plain"),
)
SIDES = {"undo": Side.UNDO, "hook": Side.HOOK}

# What the outside saw, word by word: sent/did/ok/failed/unknown/lost/settled, a colon, the node, and
# what it was for if not for the visit itself; `#2` is the second attempt, `!` another key.
DONE_A = "sent:a did:a ok:a"
DONE_B = "sent:b did:b ok:b"
UNDONE_A = "sent:a.undo did:a.undo ok:a.undo"
UNDONE_B = "sent:b.undo did:b.undo ok:b.undo"
REFUSED = "sent:plain failed:plain"


def entry(word: str) -> Entry:
    what, _, rest = word.partition(":")
    rest, _, number = rest.partition("#")
    node, _, purpose = rest.rstrip("!").partition(".")
    side = SIDES.get(purpose, Side.FORWARD)
    if what == "settled":
        return Entry(kind=Kind.SETTLED, side=Side.UNDO, node=node)
    is_learned = what not in ("sent", "did")
    return Entry(
        kind=Kind.LEARNED if is_learned else Kind(what),
        side=side,
        node=node,
        key=f"x/{node}/{side}" + "!" * rest.count("!"),
        attempt=int(number or 1),
        request=HandlerRequest(name=node) if what == "sent" else None,
        outcome=AttemptOutcome(what) if is_learned else None,
    )


def judged(words: str, ended: ExecutionStatus) -> list[str]:
    ledger = Ledger()
    ledger.entries = [entry(word) for word in words.split()]
    return broken_promises(ledger, PROGRAM, ended)


@pytest.mark.parametrize(
    ("words", "ended"),
    [
        (f"{DONE_A} {DONE_B}", "completed"),
        (f"{DONE_A} {DONE_B} {REFUSED} {UNDONE_B} {UNDONE_A}", "failed"),
        (f"{DONE_A} {DONE_B} {UNDONE_B} {UNDONE_A} sent:$on_cancel.hook ok:$on_cancel.hook", "cancelled"),
        (f"{DONE_A} {DONE_B} {REFUSED} {UNDONE_B} sent:a.undo failed:a.undo settled:a", "failed"),
        (f"sent:a unknown:a sent:a#2 failed:a#2 {UNDONE_A}", "failed"),
        (f"sent:a lost:a sent:a#2 did:a ok:a#2 {REFUSED} {UNDONE_A}", "failed"),
        ("sent:left unknown:left", "failed"),
        (f"{DONE_A} {DONE_B} {UNDONE_B}", "terminated"),
        (f"{DONE_A} {DONE_B} sent:plain", "terminated"),
    ],
)
def test_a_promise_that_is_kept(words: str, ended: str) -> None:
    assert judged(words, ExecutionStatus(ended)) == []


@pytest.mark.parametrize(
    ("words", "ended", "said"),
    [
        (f"{DONE_A} {DONE_B} {REFUSED} {UNDONE_A} {UNDONE_B}", "failed", "armed the other way round"),
        (f"{DONE_A} {DONE_B} {REFUSED} {UNDONE_B}", "failed", "undone of"),
        (f"{DONE_A} {REFUSED}", "failed", "a was done and is not undone"),
        (f"{DONE_A} {UNDONE_A}", "completed", "completed, and ['a'] was undone"),
        (f"sent:a failed:a {UNDONE_A}", "failed", "undone were ['a']"),
        ("sent:left unknown:left sent:left.undo ok:left.undo", "failed", "undone were ['left']"),
        ("sent:a unknown:a", "failed", "undone of ['a']"),
        ("sent:a failed:a sent:a!#2 ok:a!#2", "completed", "was asked under"),
        ("sent:a failed:a did:a did:a!", "completed", "was done 2 times"),
        ("sent:a ok:a sent:a#2 ok:a#2", "completed", "called again after its outcome was known"),
        ("sent:a failed:a sent:a ok:a", "completed", "attempt 1 of x/a/forward was sent out of turn"),
        ("sent:a sent:a#2 ok:a#2", "completed", "sent out of turn"),
        ("sent:a ok:a#2", "completed", "the outcome of attempt 2"),
        ("sent:a sent:b ok:a ok:b", "completed", "was sent while ['x/a/forward'] was in flight"),
        (f"{DONE_A} {UNDONE_A} {DONE_B}", "terminated", "was sent after undo had begun"),
        (
            f"{DONE_A} {DONE_B} sent:a.undo did:a.undo sent:b.undo",
            "terminated",
            "began before that of a was over",
        ),
        ("sent:a.undo did:a.undo did:a", "terminated", "a was undone before it was done"),
        (f"{DONE_A} sent:$on_failure.hook ok:$on_failure.hook", "completed", "['$on_failure'] was called"),
        ("sent:other.hook ok:other.hook", "terminated", "is no hook"),
        (
            " ".join(f"sent:plain#{n} failed:plain#{n}" for n in range(1, 5)),
            "failed",
            "plain was called 4 times, 3 are allowed",
        ),
        (
            " ".join(f"sent:plain#{n} lost:plain#{n}" for n in range(1, 12)),
            "failed",
            "plain was called 11 times, 10 are allowed",
        ),
    ],
)
def test_a_promise_that_is_broken_is_noticed(words: str, ended: str, said: str) -> None:
    found = judged(words, ExecutionStatus(ended))
    assert any(said in sentence for sentence in found), found


def test_different_things_under_one_key_are_noticed() -> None:
    ledger = Ledger()
    ledger.entries = [entry("sent:a"), entry("failed:a"), entry("sent:a#2")]
    first, last = ledger.entries[0], ledger.entries[-1]
    assert first.request == last.request
    changed = Entry(
        kind=last.kind,
        side=last.side,
        node=last.node,
        key=last.key,
        attempt=2,
        request=HandlerRequest(name="b"),
    )
    ledger.entries[-1] = changed
    found = broken_promises(ledger, PROGRAM, ExecutionStatus.TERMINATED)
    assert found == ["x/a/forward was asked different things"]
