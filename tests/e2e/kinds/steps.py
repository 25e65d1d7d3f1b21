"""What a scenario may do, or await, on its way."""

from typing import Any

from tests.e2e.kinds.scenario import Step
from tests.e2e.kinds.stage import Stage


def arrived(service: str, path: str | None = None, *, times: int = 1) -> Step:
    """The service has got so many calls for that path, which by default is its own name."""

    async def step(stage: Stage) -> None:
        await stage.arrived(service, path or service, times)

    return step


def let_go(service: str, *paths: str) -> Step:
    """The service answers the calls for these paths, by default for that of its own name."""

    async def step(stage: Stage) -> None:
        for path in paths or (service,):
            stage.let_go(service, path)

    return step


def stands(path: str, status: str) -> Step:
    """The newest visit of that path has that status."""

    async def step(stage: Stage) -> None:
        await stage.until(lambda told: told["nodes"].get(path, {}).get("status") == status)

    return step


def has_status(*statuses: str) -> Step:
    """The execution has one of these statuses."""

    async def step(stage: Stage) -> None:
        await stage.until(lambda told: told["status"] in statuses)

    return step


def signal(name: str, payload: Any = None) -> Step:
    """A signal is sent."""

    async def step(stage: Stage) -> None:
        await stage.api.signal(stage.execution, name, payload)

    return step


def act(name: str, **order: Any) -> Step:
    """An operator acts."""

    async def step(stage: Stage) -> None:
        await stage.api.act(stage.execution, name, {"reason": "scenario", **order})

    return step


def call_back(service: str, body: Any, *, call: int = 0, answer: int = 202, code: str | None = None) -> Step:
    """The service posts to the URL that it was given with that call, and is answered so."""

    async def step(stage: Stage) -> None:
        status, told = await stage.call_back(service, service, body, call)
        if (status, told.get("code")) != (answer, code):
            raise AssertionError(f"the callback of {stage.scenario} is answered {status} {told}")

    return step


def ended(status: str) -> Step:
    """The execution, or this run of it, has ended so."""

    async def step(stage: Stage) -> None:
        told = await stage.ended()
        if told["status"] != status:
            raise AssertionError(f"{stage.scenario} is {told['status']}: {told['failure']}")

    return step
