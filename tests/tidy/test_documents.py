"""What the documents say of the repository is so."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.tidy.names import names
from tests.tidy.sources import PACKAGE, ROOT, files, modules, place, report, rooms, text, tree

ARCHITECTURE = ROOT / "ARCHITECTURE.md"
ARCHITECTURE_LINES_MAX = 250
DECISIONS = files(".md", under=ROOT / "docs" / "adr")
SECTIONS = ("Status", "Context", "Decision", "Consequences")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:src|srcset|href)=\"([^\"]+)\"")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]*`")
INVARIANT = re.compile(r"^Invariant: .*?(?=\n\n|\n[-#]|\nInvariant:|\Z)", re.MULTILINE | re.DOTALL)
KEPT_BY = re.compile(r"\((tests/[\w./-]+)(?:::\w+)?\)|\(\.importlinter: ([\w-]+)\)")


def prose(path: Path) -> str:
    """The text without code."""
    return INLINE.sub("", FENCED.sub("", text(path)))


def targets(path: Path) -> list[str]:
    found = [first or second for first, second in LINK.findall(prose(path))]
    return [target for target in found if not urlsplit(target).scheme and not target.startswith("#")]


def headings(path: Path) -> set[str]:
    """The anchors of a document, as its readers' sites make them."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_relative_link_leads_to_something() -> None:
    broken = []
    for path in files(".md"):
        for target in targets(path):
            split = urlsplit(target)
            aim = (path.parent / unquote(split.path)).resolve()
            if not aim.exists() or not aim.is_relative_to(ROOT):
                broken.append(f"{place(path)}: {target}")
            elif split.fragment and aim.suffix == ".md" and split.fragment not in headings(aim):
                broken.append(f"{place(path)}: {target} (no such heading)")
    assert not broken, report(broken)


def test_the_architecture_is_short_enough_to_be_read() -> None:
    assert len(text(ARCHITECTURE).splitlines()) <= ARCHITECTURE_LINES_MAX


def test_the_architecture_names_every_room() -> None:
    missing = [room for room in rooms() if f"`{room}/`" not in text(ARCHITECTURE)]
    assert not missing, f"ARCHITECTURE.md says nothing of {', '.join(missing)}"


def test_the_architecture_names_only_what_is_there() -> None:
    _, _, after = text(ARCHITECTURE).partition("## Code map")
    code_map, _, _ = after.partition("\n## ")
    defined = {name for path in modules() for name, _ in names(tree(path))}
    places = {
        part for path in modules() for part in (path.name, *(f"{folder.name}/" for folder in path.parents))
    }
    stored = {f"{path.parent.name}/" for path in files(".sql", under=PACKAGE)}
    missing = [
        quoted
        for quoted in re.findall(r"`([^`]+)`", code_map)
        if quoted not in defined | places | stored and not (PACKAGE / quoted).exists()
    ]
    assert not missing, f"ARCHITECTURE.md names what is not in the package: {', '.join(missing)}"


def test_every_invariant_names_what_keeps_it() -> None:
    invariants = [found.group() for found in INVARIANT.finditer(text(ARCHITECTURE))]
    assert len(invariants) >= 10, "ARCHITECTURE.md states its invariants in lines that begin `Invariant:`"
    contracts = set(
        re.findall(r"^\[importlinter:contract:([\w-]+)\]", text(ROOT / ".importlinter"), re.MULTILINE)
    )
    loose = []
    for invariant in invariants:
        kept_by = KEPT_BY.findall(invariant)
        named = bool(kept_by) and all(
            (ROOT / file).exists() if file else contract in contracts for file, contract in kept_by
        )
        if not named:
            loose.append(" ".join(invariant.split()))
    assert not loose, report(loose)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_sections_in_order(path: Path) -> None:
    found = [title for title in re.findall(r"^## (.+)$", text(path), re.MULTILINE) if title in SECTIONS]
    assert tuple(found) == SECTIONS


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS if path.name[:4].isdigit()]
    assert len(numbers) == len(DECISIONS)
    assert numbers == list(range(1, len(numbers) + 1))
