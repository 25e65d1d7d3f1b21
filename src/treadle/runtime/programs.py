"""Compiled programs by digest, made from the stored documents when they are first needed."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from treadle.model.errors import Corrupt
from treadle.model.ids import Digest, Namespace
from treadle.model.program import Program
from treadle.ports.views import Views


class Programs:
    """A bounded cache; the least recently used program is dropped and compiled again when needed.

    `compile_document` makes a Program of a stored document; it takes milliseconds and runs off the loop.
    """

    def __init__(self, views: Views, programs_max: int, compile_document: Callable[[bytes], Program]) -> None:
        self._views = views
        self._compile = compile_document
        self._programs_max = programs_max
        self._by_digest: OrderedDict[Digest, Program] = OrderedDict()

    def put(self, program: Program) -> None:
        """Keep a program that was just compiled."""
        self._by_digest[program.digest] = program
        self._by_digest.move_to_end(program.digest)
        while len(self._by_digest) > self._programs_max:
            self._by_digest.popitem(last=False)

    async def get(self, namespace: Namespace, digest: Digest) -> Program:
        """The program of a stored document.

        Raises:
            Corrupt: there is no such document, it is not readable any more, or not the one that was stored.
        """
        known = self._by_digest.get(digest)
        if known is not None:
            self._by_digest.move_to_end(digest)
            return known
        stored = await self._views.document(namespace, digest)
        if stored is None:
            raise Corrupt("definition_missing", f"no document with digest {digest} in {namespace}")
        program = await asyncio.to_thread(self._compile, stored.document)
        if program.digest != digest:
            raise Corrupt(
                "definition_altered",
                f"the document kept under {digest} in {namespace} has the digest {program.digest}: "
                "it is not run until it is as it was",
            )
        self.put(program)
        return program
