"""Contract suites: a backend that passes its suite can be used in the place of any other."""

import pytest

# Before any of them is imported, so that a failed assert tells the values on both sides.
pytest.register_assert_rewrite(
    "treadle.testing.contracts.store_bulk",
    "treadle.testing.contracts.store_claims",
    "treadle.testing.contracts.store_commits",
    "treadle.testing.contracts.store_definitions",
    "treadle.testing.contracts.store_inboxes",
    "treadle.testing.contracts.store_keys",
    "treadle.testing.contracts.store_lists",
    "treadle.testing.contracts.store_others",
    "treadle.testing.contracts.store_reads",
    "treadle.testing.contracts.store_wakes",
)
