"""What the scopes of a key include."""

import pytest

from treadle.model.api_keys import Scope, granted


@pytest.mark.parametrize(
    ("given", "included"),
    [
        ("", ""),
        ("read", "read"),
        ("run", "read run"),
        ("operate", "operate read"),
        ("run operate", "operate read run"),
        ("admin", "admin operate read run"),
        ("admin read", "admin operate read run"),
    ],
)
def test_each_scope_includes_reading_and_admin_all(given: str, included: str) -> None:
    found = granted(Scope(name) for name in given.split())
    assert " ".join(sorted(found)) == included
