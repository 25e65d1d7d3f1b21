"""The judge of a simulation notices each broken promise in a ledger written by hand."""

import pytest
from msgspec.structs import replace

from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.policies import OnUnknown
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import program, task, undo, undone_task
from treadle.testing.composites import child
from treadle.testing.judging import broken_promises
from treadle.testing.ledger import Entry, Kind, Ledger, Side
from treadle.testing.scopes import Fate, Scope, Scopes

PROGRAM = program(
    undone_task("a"),
    undone_task("b"),
    task("left", compensation=undo("u"), on_unknown=OnUnknown.FAIL),
    task("plain"),
    child("c", compensation=undo("uc")),
)
SIDES = {"undo": Side.UNDO, "hook": Side.HOOK, "probe": Side.PROBE}
KNOWN = {"done": AttemptOutcome.OK, "undone": AttemptOutcome.FAILED}
JOINED = {"joined": AttemptOutcome.OK, "broke": AttemptOutcome.FAILED}

# What the outside saw, word by word: sent/did/accepted/ok/failed/unknown/lost, done/undone (that is known
# after all), settled, begun/joined/broke (a child), run (another), a colon, the node, and what it was for if
# not for the visit itself; `#2` is the second attempt, `!` another key, `=b` the key of the visit b.
DONE_A = "sent:a did:a ok:a"
DONE_B = "sent:b did:b ok:b"
UNDONE_A = "sent:a.undo did:a.undo ok:a.undo"
UNDONE_B = "sent:b.undo did:b.undo ok:b.undo"
REFUSED = "sent:plain failed:plain"


def entry(word: str) -> Entry:
    what, _, rest = word.partition(":")
    rest, _, other = rest.partition("=")
    rest, _, number = rest.partition("#")
    node, _, purpose = rest.rstrip("!").partition(".")
    side = SIDES.get(purpose, Side.FORWARD)
    if what == "settled":
        return Entry(kind=Kind.SETTLED, side=Side.UNDO, node=node)
    if what == "begun":
        return Entry(kind=Kind.BEGUN, side=side, node=node)
    if what in JOINED:
        return Entry(kind=Kind.JOINED, side=side, node=node, outcome=JOINED[what])
    if what in KNOWN:
        return Entry(kind=Kind.RESOLVED, side=side, node=node, outcome=KNOWN[what])
    is_learned = what not in ("sent", "did", "accepted")
    return Entry(
        kind=Kind.LEARNED if is_learned else Kind(what),
        side=side,
        node=node,
        key=f"x/{other or node}/{side}" + "!" * rest.count("!"),
        attempt=int(number or 1),
        request=HandlerRequest(name=other or node) if what == "sent" else None,
        outcome=AttemptOutcome(what) if is_learned else None,
    )


def judged(words: str, ended: ExecutionStatus, scopes: Scopes | None = None) -> list[str]:
    ledger = Ledger()
    for word in words.split():
        if word == "run":
            ledger.begin_run()
        else:
            ledger.entries.append(replace(entry(word), run=ledger.run))
    return broken_promises(ledger, PROGRAM, ended, scopes)


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


def scoped(root: Fate, **branches: Fate) -> Scopes:
    """The root, and a scope below it for each name of a visit, which was made in it."""
    scopes = Scopes()
    scopes.root.end(root)
    for name, fate in branches.items():
        branch = Scope(f"p/{name}", scopes.root, is_scope=True)
        branch.end(fate)
        branch.is_closed = True
        scopes.all.append(branch)
        scopes.place[name] = branch
    return scopes


WHOLE, BROKEN, SPARED = Fate.WHOLE, Fate.BROKEN, Fate.SPARED
BESIDE = "sent:a sent:b did:a did:b ok:a ok:b"


@pytest.mark.parametrize(
    ("words", "ended", "scopes"),
    [
        (BESIDE, "completed", scoped(WHOLE, a=WHOLE, b=WHOLE)),
        (f"{BESIDE} {UNDONE_B}", "completed", scoped(WHOLE, a=WHOLE, b=BROKEN)),
        (
            f"{DONE_A} sent:b sent:a.undo did:a.undo ok:a.undo ok:b",
            "completed",
            scoped(WHOLE, a=BROKEN, b=WHOLE),
        ),
        (f"{BESIDE} {UNDONE_B} {UNDONE_A}", "failed", scoped(BROKEN, a=WHOLE, b=WHOLE)),
        (f"{BESIDE} {UNDONE_A} {UNDONE_B}", "failed", scoped(BROKEN, a=BROKEN, b=WHOLE)),
        (BESIDE, "completed", scoped(SPARED, a=SPARED, b=SPARED)),
        ("sent:a unknown:a undone:a", "failed", scoped(BROKEN)),
        (f"sent:a unknown:a sent:a.probe ok:a.probe did:a done:a {UNDONE_A}", "failed", scoped(BROKEN)),
        ("sent:left unknown:left sent:left.probe failed:left.probe", "failed", scoped(BROKEN)),
        (f"{DONE_A} run sent:b ok:b", "completed", scoped(WHOLE)),
        ("sent:plain unknown:plain run sent:plain~2=plain ok:plain~2=plain", "completed", scoped(WHOLE)),
        ("begun:c joined:c sent:c.undo ok:c.undo", "failed", scoped(BROKEN)),
        ("begun:c broke:c", "failed", scoped(BROKEN)),
    ],
)
def test_a_promise_of_several_scopes_or_runs_that_is_kept(words: str, ended: str, scopes: Scopes) -> None:
    assert judged(words, ExecutionStatus(ended), scopes) == []


@pytest.mark.parametrize(
    ("words", "ended", "scopes", "said"),
    [
        (BESIDE, "completed", scoped(WHOLE, a=WHOLE, b=BROKEN), "b was done and is not undone"),
        (f"{BESIDE} {UNDONE_A}", "completed", scoped(WHOLE, a=WHOLE, b=WHOLE), "['a'] was undone"),
        (
            f"{BESIDE} {UNDONE_A} {UNDONE_B}",
            "failed",
            scoped(BROKEN, a=WHOLE, b=WHOLE),
            "the other way round",
        ),
        (
            f"{DONE_B} sent:a {UNDONE_B} ok:a {UNDONE_A}",
            "failed",
            scoped(BROKEN, a=BROKEN, b=WHOLE),
            "was sent while ['x/a/forward'] was in flight",
        ),
        (
            f"{DONE_A} sent:plain accepted:plain {UNDONE_A} unknown:plain",
            "failed",
            scoped(BROKEN),
            "was sent while ['x/plain/forward'] was in flight",
        ),
        (
            f"{DONE_A} begun:c {UNDONE_A} broke:c",
            "failed",
            scoped(BROKEN),
            "was sent while ['c'] was in flight",
        ),
        ("begun:c joined:c", "failed", scoped(BROKEN), "failed with [] undone of ['c']"),
        (f"sent:a unknown:a undone:a {UNDONE_A}", "failed", scoped(BROKEN), "undone were ['a']"),
        (
            "sent:plain ok:plain run sent:plain~2=plain ok:plain~2=plain",
            "completed",
            scoped(WHOLE),
            "called again after its outcome was known",
        ),
        (
            "sent:plain failed:plain run sent:plain~2=plain ok:plain~2=plain",
            "completed",
            scoped(WHOLE),
            "under the key of plain, of which all is known",
        ),
        (
            "sent:plain unknown:plain run sent:plain~2 ok:plain~2",
            "completed",
            scoped(WHOLE),
            "plain~2 was asked anew, and nobody knows what plain did",
        ),
        (
            "sent:$on_success.hook ok:$on_success.hook run sent:a ok:a",
            "completed",
            scoped(WHOLE),
            "failed, and ['$on_success'] was called",
        ),
        ("sent:$on_success.hook sent:a ok:a", "completed", scoped(WHOLE), "was sent after hook had begun"),
    ],
)
def test_a_promise_of_several_scopes_or_runs_that_is_broken_is_noticed(
    words: str, ended: str, scopes: Scopes, said: str
) -> None:
    found = judged(words, ExecutionStatus(ended), scopes)
    assert any(said in sentence for sentence in found), found


def test_a_hook_that_was_not_called_is_noticed() -> None:
    hooked = program(task("plain"), hooks=("on_success",))
    ledger = Ledger()
    ledger.entries = [entry("sent:plain"), entry("ok:plain")]
    found = broken_promises(ledger, hooked, ExecutionStatus.COMPLETED)
    assert found == ["completed, and $on_success was not called"]
