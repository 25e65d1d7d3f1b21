"""What shells are told when somebody presses Tab."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.processes import environment

SHELLS = ("bash", "zsh", "fish")
pytestmark = pytest.mark.slow


def completed(shell: str, *words: str, last: str = "") -> list[str]:
    """The words that are offered, as the script of that shell asks for them."""
    typed = " ".join(("treadle", *words, last))
    env = {"_TREADLE_COMPLETE": f"{shell}_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) + 1)}
    if shell == "fish":
        env["COMP_CWORD"] = last
    told = run(env).splitlines()
    if shell == "zsh":
        # A kind, a value and its help on three lines.
        return told[1::3]
    return [line.partition("," if line.startswith("plain,") else " ")[2].split("\t")[0] for line in told]


def run(env: dict[str, str]) -> str:
    code = "from treadle.cli.main import main; main()"
    ended = subprocess.run(
        (sys.executable, "-c", code), env=environment(env), capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    return ended.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_options_and_values_are_offered(shell: str) -> None:
    assert completed(shell, last="exec") == ["executions"]
    assert completed(shell, "executions", last="w") == ["watch", "wake"]
    assert completed(shell, "compensations", last="a") == ["accept"]
    assert "--idempotency-key" in completed(shell, "run", "x", last="--i")
    assert completed(shell, "executions", "list", "--status", last="comp") == ["compensating", "completed"]
    assert completed(shell, "executions", "resolve", "x", "--outcome", last="n") == ["not_done"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_misspelt_name_in_the_environment_is_no_obstacle(shell: str) -> None:
    env = {"_TREADLE_COMPLETE": f"{shell}_source", "TREADLE_PROT": "1"}
    assert f"_TREADLE_COMPLETE={shell}_complete" in run(env)


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_the_script_is_one_of_its_shell(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(run({"_TREADLE_COMPLETE": f"{shell}_source"}))
    checked = subprocess.run((shell, "-n", str(script)), capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_completes_a_line_with_the_script(tmp_path: Path) -> None:
    treadle = tmp_path / "treadle"
    treadle.write_text(f'#!/bin/sh\nexec {sys.executable} -m treadle.cli.main "$@"\n')
    treadle.chmod(0o755)
    line = f"""
        export PATH={tmp_path}:$PATH
        eval "$(_TREADLE_COMPLETE=bash_source treadle)"
        COMP_WORDS=(treadle executions pau); COMP_CWORD=2
        _treadle_completion treadle
        echo "${{COMPREPLY[@]}}"
    """
    ended = subprocess.run(
        ("bash", "-c", line), env=environment(), capture_output=True, text=True, check=False
    )
    assert (ended.stdout.strip(), ended.stderr) == ("pause", "")
