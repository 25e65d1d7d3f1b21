"""The image, as far as it can be told without building one.

No image is built: the commands of the Dockerfile are run in an empty folder that stands for the file system
of the image, with the Python of the test in the place of its own. The command that makes a user needs another
system's files, and is not run. User, volume and port are read off the file.
"""

import subprocess
import sys
from pathlib import Path
from shutil import copy as copy_file
from shutil import copytree, ignore_patterns

import pytest
from ruamel.yaml import YAML

from tests.packaging.building import LIMIT_S, ROOT, bare_environment, run
from tests.packaging.dockerfile import Instruction, all_of, health_command, stages
from tests.packaging.serving import run_to_the_end, serving
from treadle.config.settings import read_settings

BUILD, IMAGE = stages(ROOT / "Dockerfile")
PLACES = ("/opt/treadle", "/data")
"""Folders of the image that commands name."""
KEY = "a-key-that-is-long-enough"


def words(name: str) -> tuple[str, ...]:
    [instruction] = all_of(name, IMAGE)
    return instruction.words


def ignored() -> list[str]:
    return (ROOT / ".dockerignore").read_text("utf-8").split("\n")


def inside(root: Path, command: str) -> str:
    for place in PLACES:
        command = command.replace(place, f"{root}{place}")
    return command


def copied(instruction: Instruction, folder: Path) -> None:
    *sources, target = instruction.words
    for source in sources:
        origin = ROOT / source
        if origin.is_dir():
            copytree(origin, folder / target, ignore=ignore_patterns("__pycache__", "dev.txt", "docs.txt"))
        else:
            copy_file(origin, folder / target)


def test_the_image_runs_as_nobody_and_keeps_its_store_in_a_volume() -> None:
    user, _, group = words("USER")[0].partition(":")
    assert user.isdecimal()
    assert int(user) > 0
    assert int(group) > 0
    assert words("VOLUME") == ("/data",)
    assert words("WORKDIR") == ("/data",)
    assert words("EXPOSE") == (str(read_settings({}, {}).port),)
    assert words("CMD") == ("treadle", "server", "--host", "0.0.0.0", "--store", "sqlite:////data/treadle.db")
    by_itself = Path("/data", read_settings({}, {}).store_url.path)
    assert words("CMD")[-1] == f"sqlite:///{by_itself}", "other commands would look for another store"
    assert BUILD[0].words[0] == IMAGE[0].words[0], "one Python made the environment and another would run it"


def test_every_package_of_the_image_comes_at_a_hash() -> None:
    installs = [step.rest for step in all_of("RUN", BUILD) if " install " in step.rest]
    assert installs
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


def test_the_image_is_built_from_what_the_build_may_see() -> None:
    seen = {line.removeprefix("!") for line in ignored() if line.startswith("!")}
    asked = {word.rstrip("/") for step in all_of("COPY", BUILD) for word in step.words[:-1]}
    assert "*" in ignored()
    assert {name.partition("/")[0] for name in seen} == asked
    assert all((ROOT / name).exists() for name in seen)


def test_the_composed_server_runs_the_image_with_a_volume_and_keys_from_a_file() -> None:
    composed = YAML(typ="safe", pure=True).load((ROOT / "compose.yaml").read_text("utf-8"))
    server = composed["services"]["treadle"]
    assert server["env_file"] == "treadle.env"
    assert server["volumes"] == ["data:/data"]
    assert set(composed["volumes"]) == {"data"}
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert "environment" not in server, "a key in this file would be in every copy of it"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_commands_of_the_dockerfile_make_a_server(tmp_path: Path) -> None:
    build, root = tmp_path / "build", tmp_path / "image"
    build.mkdir()
    (root / "data").mkdir(parents=True)
    (root / "opt").mkdir()
    run(sys.executable, "-m", "venv", tmp_path / "python", cwd=tmp_path)
    path = f"{tmp_path / 'python' / 'bin'}:/usr/bin:/bin"
    for step in BUILD:
        if step.name == "COPY":
            copied(step, build)
        elif step.name == "RUN":
            run("sh", "-c", inside(root, step.rest), cwd=build, env=bare_environment() | {"PATH": path})
    assert not (root / "opt" / "treadle" / "bin" / "pip").exists()

    of_image = {"PATH": f"{root / 'opt' / 'treadle' / 'bin'}:/usr/bin:/bin", "TREADLE_PORT": "0"}
    program, *rest = words("CMD")
    command = [str(root / "opt" / "treadle" / "bin" / program), *(inside(root, word) for word in rest)]
    with_keys = of_image | {"TREADLE_API_KEYS": f"ci:default:run:{KEY}"}
    with serving(command, root / "data", with_keys) as url:
        port = url.rpartition(":")[2]
        run(*health_command(IMAGE), cwd=root, env=bare_environment() | of_image | {"TREADLE_PORT": port})
        ended = run_to_the_end(f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {KEY}"})
    assert isinstance(ended, dict)
    assert ended["status"] == "completed"
    assert (root / "data" / "treadle.db").stat().st_size > 0

    without = subprocess.run(
        command,
        cwd=root,
        env=bare_environment() | of_image | {"TREADLE_STORE": "memory:"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert without.returncode == 2, "a server that nobody may ask is not started"
