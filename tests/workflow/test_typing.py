"""What a type checker says of users' code: nothing where it is right, and the error where it is wrong."""

import re
from pathlib import Path

import pytest
from mypy import api

SAMPLE = Path(__file__).with_name("typed_use.py")
EXPECTED = re.compile(r"# E: ([a-z-]+)$")
FOUND = re.compile(r"^[^:]+:(\d+): error: .*\[([a-z-]+)\]$", re.MULTILINE)


def expected() -> set[tuple[int, str]]:
    lines = enumerate(SAMPLE.read_text("utf-8").splitlines(), start=1)
    return {(number, found[1]) for number, line in lines if (found := EXPECTED.search(line))}


@pytest.mark.slow
def test_the_type_checker_sees_what_is_wrong_and_nothing_else() -> None:
    told, troubles, _ = api.run(["--strict", "--no-error-summary", str(SAMPLE)])
    assert troubles == ""
    assert {(int(number), code) for number, code in FOUND.findall(told)} == expected(), told
    assert len(expected()) > 20
