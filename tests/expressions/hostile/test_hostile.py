"""Hostile expressions end as they should: with a fault, an error or a value, within memory and time."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

import pytest

from tests.expressions.hostile.cases import Hostile
from tests.expressions.hostile.corpus import CORPUS

SECONDS_MAX: Final = 110
"""For all of them; each has its own bound, which it does not come near."""


@pytest.fixture(scope="module")
def ends() -> Mapping[str, str]:
    """How each of them ended, by its name."""
    command = [sys.executable, "-m", "tests.expressions.hostile.running"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_MAX)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(line) for line in ran.stdout.splitlines())


def test_each_has_a_name_of_its_own() -> None:
    assert len({hostile.full_name for hostile in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.full_name)
def test_a_hostile_expression_ends_as_it_should(hostile: Hostile, ends: Mapping[str, str]) -> None:
    assert ends[hostile.full_name].startswith(hostile.ends)
