"""A child's definition is looked up by the engine: found, refused for good, or asked for again."""

import msgspec
import pytest
from msgspec.structs import replace

from tests.runtime.world import NAMESPACE, FallibleStore, called, define
from treadle.model.effects import Invocation
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, Namespace
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, FoundDefinition, Ok, Outcome
from treadle.model.program import Program
from treadle.model.requests import DefinitionRequest, HandlerRequest, Request
from treadle.model.views import StoredDefinition
from treadle.runtime.definitions import MESSAGE_CHARS_MAX, DefinitionInvoker
from treadle.runtime.programs import Programs
from treadle.stores.memory.views import MemoryViews
from treadle.testing.builders import program, task

pytestmark = pytest.mark.anyio


def check(value: Json) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and "order" in value:
        return ()
    return tuple((f"/{name}", "is missing") for name in ("order", "b", "c", "d", "e"))


FIRST = replace(
    called("part", program(task("work"))), priority=3, deadline_ms=500, vars={"rate": 2}, check_input=check
)
SECOND: Program = replace(
    FIRST, version="2", digest="sha256:second", check_input=None, vars={}, deadline_ms=None
)
EMPTY = called("empty", replace(program(), check_input=lambda _value: (("", "x" * 5_000),)))


def asking(definition: str, value: Json = None, namespace: str = NAMESPACE) -> Invocation:
    request = DefinitionRequest(namespace=Namespace(namespace), definition=definition, input=value)
    return invocation(request)


def invocation(request: Request) -> Invocation:
    return Invocation(
        execution_id=ExecutionId("0192f0c1-7a1e-7c3b-8f00-1b2c3d4e5f60"),
        namespace=Namespace("default"),
        frame=FrameId(1),
        activity=ActivityId(2),
        node="first",
        attempt=1,
        key="x/first",
        request=request,
        timeout_ms=1_000,
    )


class Missing(MemoryViews):
    async def definition(
        self, namespace: Namespace, name: str, version: str | None
    ) -> StoredDefinition | None:
        raise Unavailable("store_in_use", "the file cannot be read")


@pytest.fixture
async def store() -> FallibleStore:
    kept = FallibleStore()
    await define(kept, FIRST, SECOND, EMPTY)
    return kept


async def answer(store: FallibleStore, asked: Invocation, views: MemoryViews | None = None) -> Outcome:
    documents = {one.digest.encode(): one for one in (FIRST, SECOND, EMPTY)}
    programs = Programs(store.views, 10, lambda document: documents[document])
    invoker = DefinitionInvoker(views or store.views, programs)
    try:
        return await invoker.invoke(asked)
    finally:
        await invoker.close()


def found(outcome: Outcome) -> FoundDefinition:
    assert isinstance(outcome, Ok)
    return msgspec.convert(outcome.body, FoundDefinition)


def refused(outcome: Outcome) -> Failed:
    assert isinstance(outcome, Failed)
    return outcome


async def test_a_name_is_the_version_stored_last(store: FallibleStore) -> None:
    assert found(await answer(store, asking("part"))) == FoundDefinition(
        name="part", version="2", digest=SECOND.digest, node="work", priority=3
    )


async def test_a_version_is_found_with_all_that_its_start_needs(store: FallibleStore) -> None:
    outcome = await answer(store, asking("part@1", {"order": 1}))
    assert found(outcome) == FoundDefinition(
        name="part",
        version="1",
        digest=FIRST.digest,
        node="work",
        vars={"rate": 2},
        priority=3,
        deadline_ms=500,
    )


async def test_a_deleted_version_cannot_be_started_and_the_one_before_it_is_the_last(
    store: FallibleStore,
) -> None:
    await store.delete_definition(NAMESPACE, "part", "2", Instant(9))
    assert refused(await answer(store, asking("part@2"))).code == "definition_not_found"
    assert found(await answer(store, asking("part", {"order": 1}))).version == "1"


@pytest.mark.parametrize("definition", ["nothing", "part@9", "part@", "@1", "part@1@2", ""])
async def test_what_is_not_there_is_refused_for_good(store: FallibleStore, definition: str) -> None:
    failed = refused(await answer(store, asking(definition)))
    assert (failed.code, failed.cause, failed.is_final) == ("definition_not_found", Cause.ERROR, True)


async def test_what_is_in_another_namespace_is_not_there(store: FallibleStore) -> None:
    assert refused(await answer(store, asking("part", namespace="other"))).code == "definition_not_found"


async def test_an_input_that_does_not_fit_is_refused_for_good_with_its_first_faults(
    store: FallibleStore,
) -> None:
    failed = refused(await answer(store, asking("part@1", {})))
    assert (failed.code, failed.is_final) == ("invalid_input", True)
    assert failed.message == (
        "the input does not fit the input_schema of part@1: "
        "/order: is missing; /b: is missing; /c: is missing; and 2 more"
    )


async def test_what_is_told_of_an_input_is_bounded(store: FallibleStore) -> None:
    failed = refused(await answer(store, asking("empty")))
    assert failed.message.endswith("…")
    assert len(failed.message) < MESSAGE_CHARS_MAX + 100


async def test_while_the_store_cannot_be_read_it_may_be_asked_again(store: FallibleStore) -> None:
    failed = refused(await answer(store, asking("part"), Missing(store._tables)))
    assert (failed.code, failed.cause, failed.is_final) == ("store_unavailable", Cause.CONNECTION, False)


async def test_a_document_that_this_version_does_not_take_is_refused_for_good(store: FallibleStore) -> None:
    def compile_document(_document: bytes) -> Program:
        raise Rejected("invalid_definition", "a kind of node that is not known")

    invoker = DefinitionInvoker(store.views, Programs(store.views, 10, compile_document))
    failed = refused(await invoker.invoke(asking("part")))
    assert (failed.code, failed.is_final) == ("invalid_definition", True)


async def test_it_answers_no_other_request(store: FallibleStore) -> None:
    with pytest.raises(TypeError):
        await answer(store, invocation(HandlerRequest(name="work")))


async def test_a_document_that_is_not_the_one_that_was_stored_is_not_run(store: FallibleStore) -> None:
    programs = Programs(store.views, 10, lambda _document: SECOND)
    with pytest.raises(Corrupt, match="it is not run until it is as it was") as refused:
        await programs.get(NAMESPACE, FIRST.digest)
    assert refused.value.code == "definition_altered"
    assert await programs.get(NAMESPACE, SECOND.digest) is SECOND
