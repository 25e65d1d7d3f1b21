"""The two rows that describe all rows, themselves too."""

from collections.abc import Sequence
from functools import cache
from typing import Final

import msgspec

from treadle.config.version import VERSION
from treadle.rest.openapi import openapi_document
from treadle.rest.page import page
from treadle.rest.queries import NoQuery
from treadle.rest.routing import Answer, Call, Route

HTML: Final = "text/html"


def described(rows: Sequence[Route]) -> tuple[Route, ...]:
    """The rows, with `/openapi.json` and `/docs` behind them."""

    @cache
    def document() -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(openapi_document(whole, VERSION)))

    @cache
    def shown() -> bytes:
        return page(openapi_document(whole, VERSION)).encode()

    async def get_openapi(_call: Call[NoQuery, None]) -> Answer:
        return Answer(body=document())

    async def get_docs(_call: Call[NoQuery, None]) -> Answer:
        return Answer(text=shown())

    whole = (
        *rows,
        Route(
            method="GET",
            path="/openapi.json",
            handler=get_openapi,
            summary="This description, as OpenAPI 3.1",
            responses={200: dict},
        ),
        Route(
            method="GET",
            path="/docs",
            handler=get_docs,
            summary="This description, as a page",
            responses={200: str},
            answers_in=HTML,
        ),
    )
    return whole
