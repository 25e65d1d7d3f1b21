"""All scenarios at once: each is brought to its middle, the server is killed, and each goes on to its end."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from tests.e2e.evidence import Evidence, Item, Reader
from tests.e2e.kinds.api import Api
from tests.e2e.kinds.documents import Work
from tests.e2e.kinds.scenario import Scenario
from tests.e2e.kinds.services import Services
from tests.e2e.kinds.stage import Stage
from tests.e2e.server import Server
from tests.e2e.stored import read_stored

PART_S_MAX: Final = 50
"""A part of a scenario that takes longer never ends."""
CHILD_STARTED: Final = "ChildStarted"


class Middle(msgspec.Struct, frozen=True, kw_only=True):
    """An execution right before the kill, and what was said of why it did not move."""

    told: dict[str, Any]
    reasons: frozenset[str]


class Played(msgspec.Struct, kw_only=True):
    """What came of one scenario; `broken` says why it went no further.

    `again` is the state of the middle, told by the process after the kill. `children` are by the visit.
    """

    middle: Middle | None = None
    again: dict[str, Any] = {}
    told: dict[str, Any] = {}
    history: tuple[Item, ...] = ()
    children: dict[str, dict[str, Any]] = {}
    broken: str | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What came of all of them. `exit_code` is that of the process that was killed."""

    played: Mapping[str, Played]
    evidence: Evidence
    exit_code: int
    overtaken: tuple[str, ...]


def store_of(folder: Path) -> Path:
    """The store of a run in that folder."""
    return folder / "kinds.db"


async def run_scenarios(scenarios: Sequence[Scenario], folder: Path) -> Run:
    """Play them; afterwards no process is left, and the store stays in the folder."""
    services, server = Services(), Server(store_of(folder), keeps_port=True)
    await services.start()
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    try:
        async with aiohttp.ClientSession(connector=connector) as session:
            play = Play(scenarios, services)
            first = await server.spawn()
            await play.to_middle(Api(session, await server.ready()))
            os.kill(first, signal.SIGKILL)
            services.killed()
            exit_code = await server.gone()
            await services.all_broken()
            stored = read_stored(store_of(folder), folder / "copy")
            await server.spawn()
            url = await server.ready()
            await play.to_end(Api(session, url), Reader(session, url))
            seen = await Reader(session, url).all_seen()
        await server.stop()
    finally:
        await server.stop()
        await services.stop()
    evidence = Evidence(
        acknowledged=play.acknowledged(),
        asked=frozenset(),
        executions=seen,
        ledger=services.ledger(),
        stored=(stored,),
        at_end=read_stored(store_of(folder), folder / "copy"),
    )
    return Run(
        played=play.played, evidence=evidence, exit_code=exit_code, overtaken=tuple(services.overtaken)
    )


class Play:
    """The scenarios while they run; one that breaks does not hold the others."""

    def __init__(self, scenarios: Sequence[Scenario], services: Services) -> None:
        self._scenarios = scenarios
        self._services = services
        self._stages: dict[str, Stage] = {}
        self.played = {scenario.name: Played() for scenario in scenarios}

    def acknowledged(self) -> dict[str, str]:
        """Executions by the name of the scenario."""
        return {name: stage.execution for name, stage in self._stages.items() if stage.execution}

    async def to_middle(self, api: Api) -> None:
        """Keep the documents, start all, and return when each stands in its middle."""
        for scenario in self._scenarios:
            self._services.plan(scenario.name, scenario.plans)
            for document in scenario.documents(Work(self._services.url, scenario.name)):
                await api.define(document)
            start = {"definition": scenario.name, "input": scenario.input}
            self._stages[scenario.name] = Stage(scenario.name, self._services, start)
        await self._all(lambda scenario: self._begin(scenario, api))
        await self._all(lambda scenario: self._look(scenario, api))

    async def to_end(self, api: Api, reader: Reader) -> None:
        """Return when each has ended, and all of it is read."""
        await self._all(lambda scenario: self._look_back(scenario, api))
        await self._all(lambda scenario: self._go_on(scenario, reader))

    async def _all(self, part: Callable[[Scenario], Awaitable[None]]) -> None:
        async def one(scenario: Scenario) -> None:
            if self.played[scenario.name].broken is None:
                with self._noting(scenario.name):
                    async with asyncio.timeout(PART_S_MAX):
                        await part(scenario)

        await asyncio.gather(*map(one, self._scenarios))

    @contextmanager
    def _noting(self, name: str) -> Iterator[None]:
        try:
            yield
        except (AssertionError, TimeoutError, aiohttp.ClientError) as error:
            self.played[name].broken = f"{type(error).__name__}: {error}"

    async def _begin(self, scenario: Scenario, api: Api) -> None:
        stage = self._stages[scenario.name]
        stage.meet(api)
        await stage.begin()
        for step in scenario.middle:
            await step(stage)

    async def _look(self, scenario: Scenario, api: Api) -> None:
        execution = self._stages[scenario.name].execution
        explanation = await api.explanation(execution)
        reasons = frozenset(reason["code"] for reason in explanation["reasons"])
        self.played[scenario.name].middle = Middle(told=await api.get(execution), reasons=reasons)

    async def _look_back(self, scenario: Scenario, api: Api) -> None:
        stage, played = self._stages[scenario.name], self.played[scenario.name]
        stage.meet(api)
        if played.middle is not None:
            played.again = await api.get(stage.execution, at=played.middle.told["version"])

    async def _go_on(self, scenario: Scenario, reader: Reader) -> None:
        stage, played = self._stages[scenario.name], self.played[scenario.name]
        for step in scenario.onward:
            await step(stage)
        played.told = await stage.ended()
        played.history = await reader.history(stage.execution)
        children = {item.path: item.data["child"] for item in played.history if item.type == CHILD_STARTED}
        for path in scenario.children:
            await stage.until(lambda told: told["ended_at"] is not None, children[path])
            played.children[path] = await stage.api.get(children[path])
