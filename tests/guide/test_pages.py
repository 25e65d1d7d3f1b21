"""Every page of the guide is played, command by command, and what it shows is what comes."""

import re
from pathlib import Path

import pytest

from tests.guide.pages import EXAMPLES, PAGES, blocks, commands, text
from tests.guide.playing import playing
from treadle.definition.formats import parse_document
from treadle.definition.kinds.table import KINDS
from treadle.definition.read import check

DOCUMENTS = tuple(sorted(path.name for path in EXAMPLES.glob("*.yaml")))
FAULTY = frozenset({"faulty.yaml"})
"""Those that are there to show faults."""
TO_PLAY = tuple(page for page in PAGES if any(command.words[0] == "curl" for command in commands(page)))


@pytest.mark.anyio
@pytest.mark.parametrize("page", TO_PLAY)
async def test_what_a_page_says_happens(page: str, tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        for command in commands(page):
            await player.play(command)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_stands_in_a_page_as_it_is(name: str) -> None:
    document = (EXAMPLES / name).read_text("utf-8")
    shown = [block.text for page in PAGES for block in blocks(page) if block.language == "yaml"]
    assert document in shown


def test_every_document_of_a_page_is_one_of_the_files() -> None:
    files = {(EXAMPLES / name).read_text("utf-8") for name in DOCUMENTS}
    loose = [
        page
        for page in PAGES
        for block in blocks(page)
        if block.language == "yaml" and block.text not in files
    ]
    assert loose == []


@pytest.mark.parametrize("name", sorted(set(DOCUMENTS) - FAULTY))
def test_a_document_has_neither_faults_nor_warnings(name: str) -> None:
    report = check(parse_document((EXAMPLES / name).read_bytes(), "yaml"))
    assert (report.errors, report.warnings) == ((), ())


def test_the_index_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((\w[\w-]*)\.md\)", text("README")))
    assert linked == set(PAGES) - {"README"}


def test_the_index_knows_every_page_by_its_title() -> None:
    titles = {page: text(page).splitlines()[0].removeprefix("# ") for page in PAGES if page != "README"}
    assert [page for page, title in titles.items() if f"[{title}]({page}.md)" not in text("README")] == []


def test_the_index_has_every_kind_of_node() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", text("README"), re.MULTILINE)
    assert sorted(listed) == sorted(KINDS)
