"""The holes of a request are filled at sending: what fills them is never stored and never told."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

import msgspec

from treadle.invokers.echoes import Echoes, masked_answer
from treadle.invokers.masking import FilledInvocation, Mask
from treadle.invokers.placing import HoledRequest, NoSuchPlace, placed
from treadle.model.effects import Invocation
from treadle.model.ids import Instant, Namespace
from treadle.model.outcomes import Cause, Failed, Ok, Outcome
from treadle.model.requests import DefinitionRequest, HoledText
from treadle.ports.invoker import Invoker
from treadle.security.tokens import EXPIRY_GRACE_MS, CallbackToken

CALLBACK: Final = "callback"
SECRETS: Final = "secrets"
CALLBACKS_PATH: Final = "/v1/callbacks/"


class Unfilled(Exception):
    """A hole that nothing fills, now or at the next attempt; the message says which and never a value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FillingInvoker:
    """Fills the holes of each request and hands it on to `inner` (port Invoker).

    Callbacks are asked for at `public_url`, which ends without a slash, with tokens that `sign` signs;
    `secret` gives the value of a secret of a namespace, or None; `echoes` keeps secrets out of what comes
    back.
    """

    def __init__(
        self,
        inner: Invoker,
        *,
        sign: Callable[[CallbackToken], Awaitable[str]],
        public_url: str,
        secret: Callable[[Namespace, str], str | None],
        echoes: Echoes,
    ) -> None:
        self._inner = inner
        self._sign = sign
        self._public_url = public_url
        self._secret = secret
        self._echoes = echoes

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Make the attempt and say how it ended; one whose holes cannot be filled fails and is not sent."""
        request = invocation.request
        if isinstance(request, DefinitionRequest) or not request.holes:
            return self._echoes.without(invocation.namespace, await self._inner.invoke(invocation))
        try:
            filled = await self._filled(invocation, request)
        except Unfilled as error:
            return Failed(code=error.code, message=str(error), cause=Cause.ERROR, is_final=True)
        try:
            outcome = await self._inner.invoke(filled)
        except Exception as broken:
            message = filled.mask(f"{type(broken).__name__}: {broken}")
            raise RuntimeError(message).with_traceback(broken.__traceback__) from None
        if isinstance(outcome, Ok):
            outcome = masked_answer(outcome, filled.mask)
        else:
            outcome = msgspec.structs.replace(outcome, message=filled.mask(outcome.message))
        return self._echoes.without(invocation.namespace, outcome)

    async def close(self) -> None:
        """Close the inner invoker."""
        await self._inner.close()

    async def _filled(self, invocation: Invocation, request: HoledRequest) -> FilledInvocation:
        values = await self._callback(invocation, request)
        values |= self._secrets(invocation.namespace, request)
        texts = [(text.pointer, _whole(text, values)) for text in request.holes]
        try:
            whole = placed(request, texts)
        except NoSuchPlace as error:
            raise Unfilled("invalid_request", f"a hole of the request cannot be filled: {error}") from None
        # The token is what is secret of the URL of a callback; the rest of it may be told.
        hidden = Mask(value for name, value in values.items() if name != (CALLBACK, "url"))
        secrets = [value for (root, _), value in values.items() if root == SECRETS]
        self._echoes.remember(invocation.namespace, secrets)
        fields = msgspec.structs.asdict(invocation)
        return FilledInvocation(**(fields | {"request": whole, "mask": hidden}))

    async def _callback(self, invocation: Invocation, request: HoledRequest) -> dict[tuple[str, str], str]:
        if not _names(request, CALLBACK):
            return {}
        if invocation.callback_until is None:
            raise Unfilled("invalid_request", "the request names a callback, and the attempt awaits none")
        token = await self._sign(
            CallbackToken(
                execution_id=invocation.execution_id,
                activity=invocation.activity,
                expires_at=Instant(invocation.callback_until + EXPIRY_GRACE_MS),
            )
        )
        url = f"{self._public_url}{CALLBACKS_PATH}{token}"
        return {(CALLBACK, "token"): token, (CALLBACK, "url"): url}

    def _secrets(self, namespace: Namespace, request: HoledRequest) -> dict[tuple[str, str], str]:
        names = _names(request, SECRETS)
        found = {name: self._secret(namespace, name) for name in names}
        values = {(SECRETS, name): value for name, value in found.items() if value is not None}
        missing = [name for name in names if (SECRETS, name) not in values]
        if missing:
            told = ", ".join(map(repr, missing))
            raise Unfilled("missing_secret", f"the namespace {namespace} has no secret {told}")
        return values


def _names(request: HoledRequest, root: str) -> list[str]:
    """What the holes read of `root`."""
    parts = [part for text in request.holes for part in text.parts if not isinstance(part, str)]
    return sorted({part.name for part in parts if part.root == root})


def _whole(text: HoledText, values: dict[tuple[str, str], str]) -> str:
    pieces: list[str] = []
    for part in text.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        value = values.get((part.root, part.name))
        if value is None:
            raise Unfilled("invalid_request", f"nothing fills {part.root}.{part.name}")
        pieces.append(quote(value, safe="", errors="replace") if part.is_encoded else value)
    return "".join(pieces)
