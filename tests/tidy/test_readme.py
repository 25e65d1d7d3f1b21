"""The example of the README runs as it stands there, and is answered as it says."""

import json
import re
from types import ModuleType

import aiohttp
import pytest

from tests.tidy.sources import ROOT, text
from treadle.bootstrap.application import running
from treadle.config.settings import Settings
from treadle.model.json import Json
from treadle.worker import Registry

README = text(ROOT / "README.md")
VARIES = frozenset({"id", "digest", "created_at", "started_at", "updated_at", "ended_at"})


def block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"README.md has {len(found)} blocks of {language}"
    return str(found[0])


def registry() -> Registry:
    module = ModuleType("orders")
    exec(compile(block("python"), "README.md", "exec"), module.__dict__)
    named = module.__dict__["registry"]
    assert isinstance(named, Registry)
    return named


def start_of(shell: str) -> Json:
    """The body that the README has curl send."""
    found = re.search(r"-d '(.*?)'", shell, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def lasting(value: Json) -> Json:
    """Without what is new each time."""
    if isinstance(value, dict):
        return {key: "..." if key in VARIES else lasting(item) for key, item in value.items()}
    return [lasting(item) for item in value] if isinstance(value, list) else value


@pytest.mark.anyio
async def test_the_saga_of_the_readme_ends_as_the_readme_says() -> None:
    body = start_of("".join(re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)))
    settings = Settings(store="memory:", port=0)
    async with (
        running(settings, registry()) as application,
        aiohttp.ClientSession(application.url) as session,
    ):
        yaml = {"Content-Type": "application/yaml"}
        async with session.post("/v1/definitions", data=block("yaml"), headers=yaml) as kept:
            assert kept.status == 201, await kept.text()
        async with session.post("/v1/executions", json=body, headers={"Prefer": "wait=10"}) as ended:
            assert ended.status == 200, await ended.text()
            answer = await ended.json()
    assert lasting(answer) == lasting(json.loads(block("json")))
