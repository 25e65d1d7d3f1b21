"""What is damaged in a store is found, and the rest of it is looked at and answers all the same."""

import contextlib
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from tests.runtime.world import NAMESPACE
from treadle.model.execution import DefinitionRef, ExecutionStatus
from treadle.model.ids import Digest, Instant
from treadle.model.views import ExecutionFilter, StoredDefinition
from treadle.ports.commit import Commit
from treadle.service.audit import Finding
from treadle.service.documents import compile_stored
from treadle.service.store_audit import StoreAudit
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import start, starting

pytestmark = pytest.mark.anyio

DOCUMENT = b'{"name":"saga","version":"1","steps":[{"id":"a","kind":"task","handler":"good"}]}'
ALTERED = DOCUMENT.replace(b"good", b"gooe")
RENAMED = DOCUMENT.replace(b"saga", b"sage")
DIGEST = Digest(compile_stored(DOCUMENT).digest)
KEPT = StoredDefinition(
    namespace=NAMESPACE,
    name="saga",
    version="1",
    digest=DIGEST,
    document=DOCUMENT,
    created_at=Instant(1),
)


def begun(name: str) -> Commit:
    reference = DefinitionRef(name="saga", version="1", digest=DIGEST)
    return starting(start(name), definition=reference, business_key="k")


async def found_in(store: MemoryStore | SqliteStore) -> list[Finding]:
    """Less what is said of histories that no engine wrote, as these are."""
    return [finding async for finding in StoreAudit(store.views).findings() if finding.code != "wrong_count"]


async def damaged(path: Path, statement: str, *values: bytes | str) -> list[Finding]:
    """What is found after a statement was run on a store with the executions a, b and c of one definition."""
    store = SqliteStore.open(path)
    await store.put_definition(KEPT)
    await store.commit([begun(name) for name in "abc"])
    await store.close()
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        connection.execute(statement, values)
    store = SqliteStore.open(path)
    try:
        return await found_in(store)
    finally:
        await store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


async def test_nothing_is_found_in_what_is_whole(path: Path) -> None:
    assert await damaged(path, "SELECT 1") == []


@pytest.mark.parametrize(
    ("column", "value"), [("status", "qompleted"), ("labels", "{"), ("failure", "{"), ("labels", "[1]")]
)
async def test_a_column_that_cannot_be_read_is_told_of_its_execution(
    path: Path, column: str, value: str
) -> None:
    [found] = await damaged(path, f"UPDATE executions SET {column} = ? WHERE id = 'b'", value)
    assert (found.execution_id, found.code) == ("b", "unreadable_column")
    assert found.message.startswith(f"{column} cannot be read: ")


@pytest.mark.parametrize(
    ("statement", "id_", "code"),
    [
        ("DELETE FROM executions WHERE id = 'b'", "b", "execution_missing"),
        ("DELETE FROM executions WHERE id NOT IN ('a', 'c')", "b", "execution_missing"),
        ("INSERT INTO snapshots VALUES (NULL, 'ab', 1, x'00', x'00')", "ab", "stray_snapshot"),
        ("INSERT INTO inbox (execution_id, payload) VALUES ('zzz', x'00')", "zzz", "stray_note"),
    ],
)
async def test_what_is_of_no_execution_is_found(path: Path, statement: str, id_: str, code: str) -> None:
    [found] = await damaged(path, statement)
    assert (found.execution_id, found.code) == (id_, code)


async def test_a_definition_that_is_gone_is_told_of_each_of_its_executions(path: Path) -> None:
    found = await damaged(path, "DELETE FROM definitions")
    assert [(one.execution_id, one.code) for one in found] == [(name, "definition_missing") for name in "abc"]


@pytest.mark.parametrize(
    ("document", "said"), [(ALTERED, "and is kept under"), (b"{", "cannot be read"), (b"7", "kept under")]
)
async def test_an_altered_document_is_told_of_its_definition(path: Path, document: bytes, said: str) -> None:
    [found] = await damaged(path, "UPDATE definitions SET document = ?", document)
    assert (found.execution_id, found.definition, found.code) == (
        None,
        "default/saga@1",
        "definition_altered",
    )
    assert said in found.message


async def test_a_definition_under_another_name_is_found(path: Path) -> None:
    [found] = await damaged(path, "UPDATE definitions SET name = 'sage'")
    assert (found.definition, found.code) == ("default/sage@1", "definition_altered")
    assert "names itself saga@1" in found.message


async def test_what_is_stored_after_the_look_at_definitions_is_not_missed() -> None:
    store = MemoryStore()
    await store.put_definition(replace(KEPT, name="other", digest=Digest("sha256:other")))
    audit = StoreAudit(store.views)
    findings = []
    async for finding in audit.findings():
        findings.append(finding.code)
        await store.put_definition(KEPT)
        await store.commit([begun("a")])
    assert findings == ["definition_altered", "wrong_count"]
    assert audit.executions == 1


@pytest.mark.parametrize("column", ["status", "labels", "failure"])
async def test_an_execution_that_cannot_be_listed_keeps_no_other_from_it(path: Path, column: str) -> None:
    await damaged(path, f"UPDATE executions SET {column} = '{{' WHERE id = 'b'")
    store = SqliteStore.open(path)
    everything = ExecutionFilter(namespace=NAMESPACE)
    assert [each.id for each in (await store.views.page(everything, None, 10)).items] == ["c", "a"]
    counted = {ExecutionStatus.RUNNING: 2 if column == "status" else 3}
    assert await store.views.counts(everything) == counted
    of_a_key = ExecutionFilter(namespace=NAMESPACE, business_key="k")
    assert (await store.views.bounded_counts(of_a_key)).by_status == counted
    await store.close()
