"""The visits of an execution, a page at a time."""

import msgspec

from treadle.model.execution import Execution
from treadle.model.ids import Path
from treadle.model.views import Cursor
from treadle.service.cursors import decode_cursor, encode_cursor
from treadle.service.node_views import NodeView, place_of, visits_after


class NodeItem(NodeView, frozen=True, kw_only=True):
    """One visit in a list, with its path."""

    path: Path


class NodePage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end."""

    items: tuple[NodeItem, ...]
    next: str | None


def node_page(execution: Execution, cursor: str | None, limit: int) -> NodePage:
    """The newest visits older than the cursor says.

    Raises:
        Rejected: `invalid_parameter`, the cursor.
    """
    after = None if cursor is None else decode_cursor(cursor)
    place = None if after is None else (after.created_at, after.id)
    found = visits_after(execution, place, limit + 1)
    items = tuple(NodeItem(path=visit.path, **msgspec.structs.asdict(view)) for visit, view in found[:limit])
    following = None
    if len(found) > limit:
        started_at, place_id = place_of(found[limit - 1][0])
        following = encode_cursor(Cursor(created_at=started_at, id=place_id))
    return NodePage(items=items, next=following)
