"""What a list of executions is asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypedDict

from treadle.client.call import Query, instant

PAGE_ITEMS: Final = 100
"""Items that are asked for at a time, where nothing else is said; a server gives at most 500."""


class Filters(TypedDict, total=False):
    """Which executions: those of any of the statuses, with every one of the labels.

    `started_after` is inclusive and `started_before` exclusive; neither finds what has not started.
    """

    status: str | Sequence[str]
    definition: str
    version: str
    business_key: str
    labels: Mapping[str, str]
    started_after: datetime | str
    started_before: datetime | str


def filter_query(filters: Filters) -> Query:
    """The filters as parameters.

    Raises:
        TypeError: one of them is none.
        ValueError: an instant without its time zone.
    """
    check_known(filters, Filters)
    status = filters.get("status", ())
    pairs = [("status", one) for one in ([status] if isinstance(status, str) else status)]
    pairs += [("label", f"{name}:{value}") for name, value in filters.get("labels", {}).items()]
    texts = {
        "definition": filters.get("definition"),
        "version": filters.get("version"),
        "business_key": filters.get("business_key"),
        "started_after": _instant(filters.get("started_after")),
        "started_before": _instant(filters.get("started_before")),
    }
    return (*pairs, *((name, text) for name, text in texts.items() if text is not None))


def page_query(page_items: int) -> Query:
    """How many items a page has."""
    return (("limit", str(page_items)),)


def check_known(given: Mapping[str, object], known: type) -> None:
    """Keywords are checked by hand where many of them are passed on as one.

    Raises:
        TypeError: one of them is not known.
    """
    unknown = sorted(given.keys() - known.__annotations__.keys())
    if unknown:
        raise TypeError(f"{unknown[0]!r} is not known here; known: {', '.join(known.__annotations__)}")


def _instant(value: datetime | str | None) -> str | None:
    return None if value is None else instant(value)
