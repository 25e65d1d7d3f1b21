"""The page of all settings is the settings."""

from tests.operations.settings_page import PAGE, meanings, page
from treadle.config.settings import Settings


def test_the_page_is_written_from_the_settings() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.operations.settings_page"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [name for name in Settings.__struct_fields__ if not meanings().get(name)]
    assert not silent, f"no docstring below {', '.join(silent)}"
