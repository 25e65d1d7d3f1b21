"""The tests of the core notice what they are there for: each fault that is planted makes them fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.further import FURTHER
from tests.faults.orders import OF_ORDER
from tests.faults.planted import ORDERS, PLANTED, Fault, plant
from tests.faults.runs import OF_RUNS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "treadle"
PASSED, FAILED = 0, 1
"""What pytest exits with; anything else is no verdict on the fault."""
SECONDS_MAX = 60
FAULTS = (*PLANTED, *FURTHER, *OF_ORDER, *OF_RUNS)


def copied(to: Path) -> Path:
    """A copy of the package."""
    package = to / "treadle"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    return package


def run(tests: tuple[str, ...], package: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests against the copy, up to the first that fails."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
    )


def test_without_a_fault_the_same_tests_pass(tmp_path: Path) -> None:
    package = copied(tmp_path)
    tests = tuple(sorted({test for fault in FAULTS for test in fault.tests}))
    done = run((*tests, ORDERS), package)
    assert done.returncode == PASSED, done.stdout


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_the_tables_notice(fault: Fault, tmp_path: Path) -> None:
    package = copied(tmp_path)
    plant(fault, package)
    done = run(fault.tests, package)
    assert done.returncode == FAILED, f"nobody noticed that {fault.name}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.is_simulated], ids=lambda fault: fault.name.replace(" ", "-")
)
def test_the_simulation_notices(fault: Fault, tmp_path: Path) -> None:
    package = copied(tmp_path)
    plant(fault, package)
    done = run((ORDERS,), package)
    assert done.returncode == FAILED, f"no seed showed that {fault.name}\n{done.stdout}{done.stderr}"


def test_a_fault_whose_text_is_gone_is_told(tmp_path: Path) -> None:
    package = copied(tmp_path)
    gone = Fault("never", "core/decide.py", (("this text is not there", ""),), ())
    with pytest.raises(AssertionError, match=r"never: core/decide\.py has 0 times"):
        plant(gone, package)
