"""A value is taken out of a text however it is written there, and nothing else is."""

import json
import re
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from treadle.invokers.masking import CUT_CHARS_MIN, MASKED, NO_MASK, Mask

SECRETS = (
    "hunter2",
    "p/s?w#o&r=d",
    'quo"te\\d',
    "naïve ünicode \N{GRINNING FACE}",
    "two  words\nand a line",
    "100%",
    "a'b\"c",
)
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=30)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "written",
    [
        str,
        lambda value: quote(value, safe=""),
        quote,
        lambda value: quote(value, safe="").lower(),
        lambda value: str(URL(f"http://h/{quote(value, safe='')}")),
        lambda value: msgspec.json.encode(value).decode(),
        json.dumps,
        ascii,
        repr,
        lambda value: " ".join(value.split()),
        str.upper,
    ],
    ids=["raw", "quoted", "path", "lower", "yarl", "json", "dumps", "ascii", "repr", "blanks", "upper"],
)
def test_a_value_is_masked_as_it_is_written(secret: str, written: object) -> None:
    assert callable(written)
    told = f"answered 400: {written(secret)} is wrong"
    masked = Mask([secret])(told)
    assert MASKED in masked
    assert masked.startswith("answered 400: ")
    assert masked.endswith(" is wrong")
    rest = masked.removeprefix("answered 400: ").removesuffix(" is wrong")
    # Quotes and the host of a URL stay; nothing of the value does.
    assert re.sub(r"^http://h/", "", rest).strip("'\"") == MASKED


@given(PRINTABLE.filter(lambda value: value.strip() != ""))
def test_no_value_stands_in_what_is_told(secret: str) -> None:
    mask = Mask([secret])
    for written in (secret, quote(secret, safe=""), msgspec.json.encode(secret).decode()[1:-1]):
        assert mask(f"<{written}>").count(MASKED) >= 1
        if len(secret.strip()) >= CUT_CHARS_MIN and "*" not in secret:
            assert secret.strip() not in mask(f"<{written}>")


def test_several_values_are_masked_the_longer_first() -> None:
    assert Mask(["abcd", "abcdefgh"])("abcdefgh and abcd") == f"{MASKED} and {MASKED}"


@pytest.mark.parametrize("chars", range(CUT_CHARS_MIN, 12))
def test_the_beginning_of_a_value_at_the_end_of_a_cut_text_is_masked(chars: int) -> None:
    assert Mask(["abcdefghijkl"])("seen " + "abcdefghijkl"[:chars]) == f"seen {MASKED}"


@given(st.text())
def test_a_text_without_a_value_stays_as_it_is(text: str) -> None:
    assert NO_MASK(text) == text
    assert Mask([""])(text) == text
    assert Mask(["\x00never\x00there\x00"])(text.replace("never", "")) == text.replace("never", "")


def test_a_mask_without_values_is_none() -> None:
    assert not Mask(["", " "])
    assert not NO_MASK
    assert Mask(["x"])


@pytest.mark.timeout(10)
@pytest.mark.parametrize("secret", [" a" * 200, "a" + " " * 400 + "b", "\\" * 400, "%" * 400])
def test_no_text_makes_the_search_slow(secret: str) -> None:
    text = (secret[:-1] + "!") * 50
    Mask([secret])(text)
    Mask([secret])(quote(text))
    Mask([secret])(" " * 5_000 + "\\" * 5_000)


def test_what_is_masked_is_not_shown_by_the_mask() -> None:
    assert "hunter2" not in repr(Mask(["hunter2"]))
