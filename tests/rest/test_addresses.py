"""An address without parameters is answered by whom the order of the table names."""

import pytest
from starlette.routing import Match
from starlette.routing import Route as PathRoute

from treadle.rest.table import ROUTES

PATHS = list(dict.fromkeys(route.path for route in ROUTES))


async def nobody() -> None:
    """Stands for an endpoint."""


@pytest.mark.parametrize("path", [path for path in PATHS if "{" not in path])
def test_no_earlier_row_fits_an_exact_address(path: str) -> None:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    fitting = [row for row in PATHS if PathRoute(row, nobody).matches(scope)[0] is not Match.NONE]
    assert fitting[0] == path
