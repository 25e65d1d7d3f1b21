"""Whether a request has left, and that it does so once.

The client library sends a GET, PUT or DELETE a second time by itself when a kept connection breaks. An
attempt is one call: whether there is another one, and under which number, is for the core to decide.
"""

from aiohttp import ClientHandlerType, ClientOSError, ClientRequest, ClientResponse, ServerDisconnectedError
from aiohttp.connector import Connection

from treadle.model.outcomes import Failed


class BrokenConnection(Exception):
    """The connection broke after the request began to leave."""


class TrackedRequest(ClientRequest):
    """A request that remembers that it began to leave."""

    has_left = False

    async def send(self, conn: Connection) -> ClientResponse:
        # Set before the first byte: between the two nothing waits, and an error in writing is no proof
        # that nothing was written.
        self.has_left = True
        return await super().send(conn)


class Sending:
    """What is known of one attempt under way; given to the client as the middleware of each request."""

    def __init__(self) -> None:
        self._request: ClientRequest | None = None
        self.may_have_acted = False
        """An earlier hop may have done what was asked and sent us on to read about it."""
        self.failure: Failed | None = None
        """The failure that was answered, while its body is still being read."""

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self._request = request
        try:
            return await handler(request)
        except (ClientOSError, ServerDisconnectedError) as error:
            if not self._is_on_its_way():
                raise
            raise BrokenConnection(str(error) or type(error).__name__) from error

    @property
    def has_left(self) -> bool:
        """Whether anybody may have acted on this attempt."""
        return self.may_have_acted or self._is_on_its_way()

    def start_hop(self, *, may_have_acted: bool) -> None:
        """A redirect is followed: `may_have_acted` says whether the hop before it may have done the work."""
        self._request = None
        self.may_have_acted = self.may_have_acted or may_have_acted

    def _is_on_its_way(self) -> bool:
        return isinstance(self._request, TrackedRequest) and self._request.has_left
