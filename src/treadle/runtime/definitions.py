"""The definition of a child that is to be started is looked up: the activity that the engine does itself."""

import asyncio
from typing import Final

import msgspec

from treadle.model.effects import Invocation
from treadle.model.errors import Corrupt, Rejected, TreadleError, Unavailable
from treadle.model.ids import ExecutionId, Path, child_id
from treadle.model.outcomes import Cause, Failed, FoundDefinition, Ok, Outcome
from treadle.model.program import ROOT_BODY, Program
from treadle.model.requests import DefinitionRequest
from treadle.ports.views import Views
from treadle.runtime.programs import Programs

FAULTS_TOLD_MAX: Final = 3
"""Faults of an input that its refusal tells."""
MESSAGE_CHARS_MAX: Final = 1_000


class DefinitionInvoker:
    """Finds a definition, and says whether it takes an input (port Invoker).

    `programs` is the engine's own cache: the child is driven with what was compiled here.
    """

    def __init__(self, views: Views, programs: Programs) -> None:
        self._views = views
        self._programs = programs

    async def invoke(self, invocation: Invocation) -> Outcome:
        """The answer to a DefinitionRequest: ok with a FoundDefinition as its body.

        `definition_not_found`, `execution_exists` and `invalid_input` are final, and so is what is wrong
        with the stored document; while the store cannot be reached it may be asked again.
        """
        request = invocation.request
        if not isinstance(request, DefinitionRequest):
            raise TypeError(f"{type(request).__name__} is no request for a definition")
        try:
            await self._check_free(child_id(invocation.execution_id, Path(invocation.node)))
            program = await self._program(request)
        except Unavailable as fault:
            return Failed(code="store_unavailable", message=_told(fault.message), cause=Cause.CONNECTION)
        except (Rejected, Corrupt) as fault:
            return _refusal(fault)
        faults = await _faults_of(program, request)
        return _found(program) if faults is None else faults

    async def close(self) -> None:
        """Nothing is held."""

    async def _check_free(self, child: ExecutionId) -> None:
        """The child is not there before it is started: what has its id is somebody else's."""
        if await self._views.is_taken(child):
            raise Rejected("execution_exists", f"{child}, the id of the child, is another execution's")

    async def _program(self, request: DefinitionRequest) -> Program:
        name, at, after = request.definition.partition("@")
        found = await self._views.definition(request.namespace, name, after if at else None)
        if found is None or found.deleted_at is not None:
            raise Rejected("definition_not_found", f"there is no definition {request.definition}")
        return await self._programs.get(request.namespace, found.digest)


async def _faults_of(program: Program, request: DefinitionRequest) -> Failed | None:
    """Why the input is refused; asked in a thread, since nothing is known of its size."""
    if program.check_input is None:
        return None
    faults = await asyncio.to_thread(program.check_input, request.input)
    if not faults:
        return None
    told = "; ".join(f"{pointer or 'the input'}: {message}" for pointer, message in faults[:FAULTS_TOLD_MAX])
    more = len(faults) - FAULTS_TOLD_MAX
    rest = f"; and {more} more" if more > 0 else ""
    message = f"the input does not fit the input_schema of {request.definition}: {_told(told)}{rest}"
    return _refusal(Rejected("invalid_input", message))


def _found(program: Program) -> Ok:
    found = FoundDefinition(
        name=program.name,
        version=program.version,
        digest=program.digest,
        node=program.bodies[ROOT_BODY].start,
        vars=dict(program.vars),
        priority=program.priority,
        deadline_ms=program.deadline_ms,
    )
    return Ok(body=msgspec.to_builtins(found))


def _refusal(fault: TreadleError) -> Failed:
    return Failed(code=fault.code, message=fault.message, cause=Cause.ERROR, is_final=True)


def _told(text: str) -> str:
    return text if len(text) <= MESSAGE_CHARS_MAX else f"{text[: MESSAGE_CHARS_MAX - 1]}…"
