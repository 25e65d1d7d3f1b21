"""From the path of a request to who answers it."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Addresses:
    """Paths without parameters are found at once; `others` tries all, one after the other."""

    def __init__(self, endpoints: Mapping[str, ASGIApp], others: ASGIApp) -> None:
        self._exact = {path: endpoint for path, endpoint in endpoints.items() if "{" not in path}
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._exact.get(scope["path"], self._others)(scope, receive, send)
