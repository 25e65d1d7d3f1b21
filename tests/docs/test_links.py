"""Links out of the site become places in the checkout; those within it stay."""

from types import SimpleNamespace

import pytest

from deploy.site.links import on_page_markdown

PAGE = SimpleNamespace(file=SimpleNamespace(src_uri="guide/saga.md"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see [the README](../../README.md#try-it)", "see the README (`README.md`)"),
        ("by [a\ntest](../../tests/guide/test_pages.py)", "by a\ntest (`tests/guide/test_pages.py`)"),
        ("in [Bounds](bounds.md)", "in [Bounds](bounds.md)"),
        ("in [Figures](../performance.md#how-it-grows)", "in [Figures](../performance.md#how-it-grows)"),
        ("![drawn](../pictures/flow.svg)", "![drawn](../pictures/flow.svg)"),
        ("[elsewhere](https://example.org/../x)", "[elsewhere](https://example.org/../x)"),
    ],
)
def test_a_link_out_of_the_site_is_told_as_its_place(written: str, shown: str) -> None:
    assert on_page_markdown(written, page=PAGE, config=None) == shown
