"""The contract of the ports Store and Views.

A backend proves itself with a class of its own:

    class TestMine(StoreContract):
        capabilities = Capabilities(durable_across_restart=True, single_process=True)

        @pytest.fixture
        def make_store(self, tmp_path):
            async def make():
                return MyStore.open(tmp_path / "store")
            return make
"""

from treadle.testing.contracts.opened import Capabilities, MakeStore, ViewedStore
from treadle.testing.contracts.store_bulk import BulkCases
from treadle.testing.contracts.store_claims import ClaimCases
from treadle.testing.contracts.store_commits import CommitCases
from treadle.testing.contracts.store_definitions import DefinitionCases
from treadle.testing.contracts.store_idempotency import IdempotencyCases
from treadle.testing.contracts.store_inboxes import InboxCases
from treadle.testing.contracts.store_keys import ApiKeyCases, KeyCases, KeyRotationCases
from treadle.testing.contracts.store_lists import ListCases
from treadle.testing.contracts.store_others import OtherCases
from treadle.testing.contracts.store_reads import ReadCases
from treadle.testing.contracts.store_releases import ReleaseCases
from treadle.testing.contracts.store_wakes import WakeCases

__all__ = ["Capabilities", "MakeStore", "StoreContract", "ViewedStore"]


class StoreContract(
    CommitCases,
    IdempotencyCases,
    OtherCases,
    InboxCases,
    WakeCases,
    ClaimCases,
    ReleaseCases,
    DefinitionCases,
    KeyCases,
    KeyRotationCases,
    ApiKeyCases,
    ListCases,
    ReadCases,
    BulkCases,
):
    """Every case for every backend; what a backend cannot promise is said by its capabilities."""
