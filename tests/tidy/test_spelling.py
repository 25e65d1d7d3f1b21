"""One spelling: Oxford, which is British with -ize."""

import re

from tests.tidy.sources import PACKAGE, ROOT, files, place, report, text

ISE = (
    "authori|capitali|categori|characteri|customi|emphasi|finali|generali|initiali|materiali|maximi|memoi|"
    "minimi|normali|optimi|organi|paralleli|prioriti|randomi|reali|recogni|saniti|seriali|speciali|"
    "standardi|summari|synchroni|tokeni|utili|visuali"
)
"""Stems of verbs that end in -ize."""
WRONG = {
    rf"(?:{ISE})s(?:e[sdr]?|ing|ers|ations?|able)": "-ize",
    "behaviors?": "behaviour",
    "colors?": "colour",
    "favors?": "favour",
    "favorites?": "favourite",
    "honors?": "honour",
    "neighbors?": "neighbour",
    "cancel(?:ed|ing|able)": "cancelled, cancelling, cancellable",
    "label(?:ed|ing)": "labelled, labelling",
    "model(?:ed|ing)": "modelled, modelling",
    "signal(?:ed|ing)": "signalled, signalling",
    "travel(?:ed|ing)": "travelled, travelling",
    "centers?|centered": "centre, centred",
    "defenses?": "defence",
    "catalogs?": "catalogue",
    "grays?": "grey",
    "analyz(?:e[srd]?|ing)": "analyse",
    "judgments?": "judgement",
}
WRONG_WORD = re.compile("|".join(f"(?P<g{i}>{wrong})" for i, wrong in enumerate(WRONG)), re.IGNORECASE)
RIGHT = list(WRONG.values())
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""Words of prose and of identifiers alike: `is_canceled`, `CanceledError`."""

NOT_OURS: dict[tuple[str, str], str] = {}
"""(where the path begins, the word in lower case): whose word it is that is spelled so."""


def excepted(where: str, word: str) -> bool:
    return any(where.startswith(begin) and word == given for begin, given in NOT_OURS)


def test_the_spelling_is_oxford() -> None:
    looked_at = (
        *files(".py", ".sql", under=PACKAGE),
        *files(".py", under=ROOT / "examples"),
        *files(".md"),
        ROOT / "pyproject.toml",
    )
    found = []
    for path in looked_at:
        for number, line in enumerate(text(path).splitlines(), start=1):
            for word in WORD.findall(line):
                wrong = WRONG_WORD.fullmatch(word)
                where = place(path, number)
                if wrong is not None and not excepted(where, word.lower()):
                    found.append(
                        f"{where}: {word}, in our spelling {RIGHT[int((wrong.lastgroup or 'g0')[1:])]}"
                    )
    assert not found, report(found)
