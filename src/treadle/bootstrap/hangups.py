"""What a process does when it is sent SIGHUP: it reads its file of secrets again, if it has one."""

import asyncio

import structlog

from treadle.config.secrets import Secrets, SecretsError

log = structlog.get_logger(__name__)


class SecretsReader:
    """Reads the file beside the event loop, once at a time; who asks meanwhile has it read once more."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Have the file read again, soon."""
        self._asked.set()

    async def run(self) -> None:
        """Read whenever that is asked for, until cancelled; what was read stands if the file is no good."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                held = await asyncio.to_thread(self._secrets.read)
            except SecretsError as error:
                log.error("secrets not read again", message=str(error))
            else:
                self._secrets.take(held)
                log.info("secrets read again")
