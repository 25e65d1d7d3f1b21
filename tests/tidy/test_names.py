"""One word, one meaning: the words that the glossary forbids stand in no name of the package."""

import re
from collections.abc import Collection, Iterator
from functools import cache

from tests.tidy.names import names
from tests.tidy.sources import ROOT, modules, place, report, text, tree

GLOSSARY = ROOT / "GLOSSARY.md"
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+")
ROW = re.compile(
    r"^\| *(?P<word>[^|]+?) *\| *(?P<meaning>[^|]+?) *\| *(?P<refused>[^|]*?) *\|$", re.MULTILINE
)

ALLOWED = {
    ("src/treadle/stores/sqlite/", "journal"): "`journal_mode` is SQLite's word for how it writes its log",
    ("src/treadle/invokers/http/", "conn"): "the parameter of the library's method that is overridden",
    ("src/treadle/expressions/cel/", "timestamp"): "the type's name in CEL, beside our own instants",
    ("src/treadle/telemetry/traces.py", "provider"): "OpenTelemetry's word for what makes tracers",
}
"""(where the path begins, the word): why it stands there."""


def forbidden() -> dict[tuple[str, ...], str]:
    """What is not to be said, word by word, and the word of ours that says it."""
    found = {}
    for row in ROW.finditer(text(GLOSSARY)):
        if row["word"] in {"Word", "word"} or set(row["word"]) <= {"-", ":"}:
            continue
        for phrase in row["refused"].split(","):
            words = tuple(phrase.strip(" `").lower().split())
            if words:
                found[words] = row["word"]
    return found


@cache
def words_of(name: str) -> tuple[str, ...]:
    """`ExecutionStarted` and `execution_started` alike: execution, started."""
    return tuple(word.lower() for word in WORD.findall(name))


def holds(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether the phrase stands in the words, side by side."""
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


def test_the_glossary_says_what_not_to_say() -> None:
    assert len(forbidden()) > 30


def test_a_phrase_is_found_in_a_name_however_it_is_written() -> None:
    assert words_of("HTTPServerError2_of") == ("http", "server", "error2", "of")
    assert holds(words_of("StartedSideEffect"), ("side", "effect"))
    assert not holds(words_of("side_of_effect"), ("side", "effect"))


def said(phrases: Collection[tuple[str, ...]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(place, name, phrase) of every name that holds one of the phrases."""
    for path in modules():
        for name, line in [(path.stem, 1), *names(tree(path))]:
            words = words_of(name)
            for phrase in phrases:
                if holds(words, phrase):
                    yield place(path, line), name, phrase


def test_no_name_uses_a_word_that_the_glossary_forbids() -> None:
    ours = forbidden()
    needed, found = set(), []
    for where, name, phrase in said(ours):
        allowed = [one for one in ALLOWED if where.startswith(one[0]) and phrase == (one[1],)]
        needed.update(allowed)
        if not allowed:
            found.append(f"{where}: {name} says {' '.join(phrase)}, which here is {ours[phrase]}")
    assert not found, report(found)
    assert set(ALLOWED) == needed, report(f"no longer needed: {one}" for one in set(ALLOWED) - needed)
