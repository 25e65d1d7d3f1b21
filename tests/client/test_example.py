"""The example of the guide runs, and the page shows it and what it prints."""

import asyncio
import re
from pathlib import Path

import pytest

import treadle.client
from examples.guide.client_checkout import main
from tests.rest.serving import serving

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guide" / "client.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PRINTED = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.anyio
async def test_the_example_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving() as server:
        capsys.readouterr()
        await asyncio.to_thread(main, server.application.url)
    printed = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("20")]
    assert printed == PRINTED[0].splitlines()


def test_the_page_shows_the_example_as_it_is() -> None:
    assert PYTHON[0] == (ROOT / "examples" / "guide" / "client_checkout.py").read_text("utf-8")


def test_every_other_part_of_the_page_can_be_read() -> None:
    for text in PYTHON:
        compile(text, "client.md", "exec")


def test_the_page_names_every_limit() -> None:
    assert [name for name in treadle.client.Limits.__struct_fields__ if f"`{name}`" not in PAGE] == []


def test_the_page_names_what_there_is() -> None:
    methods = set(re.findall(r"^\| `(\w+)\(", PAGE, re.MULTILINE))
    public = {name for name in vars(treadle.client.Client) if not name.startswith("_")}
    assert methods == public - {"close"}
