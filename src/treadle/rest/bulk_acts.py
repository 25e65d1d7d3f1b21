"""Handlers of bulk acts."""

from treadle.model.ids import BulkId
from treadle.rest.queries import BulkQuery, NoQuery
from treadle.rest.routing import Answer, Call
from treadle.service.bulk_orders import BulkOrder


async def begin_bulk_act(call: Call[NoQuery, BulkOrder]) -> Answer:
    """202 when it is kept: it is carried out whatever becomes of the process; `Location` is where it stands.

    200 with `preview`. An execution is acted on if it was there when this was asked, and matches when its
    turn comes.
    """
    bulk, caller = call.edge.use_cases.bulk, call.caller
    if call.body.preview:
        return Answer(body=await bulk.preview(caller, call.body))
    view = await bulk.begin(caller, call.body)
    return Answer(status=202, body=view, headers={"Location": f"/v1/bulk/{view.bulk_id}"})


async def list_bulk_acts(call: Call[BulkQuery, None]) -> Answer:
    """Those that run, and those that ended within 30 days."""
    bulk, query = call.edge.use_cases.bulk, call.query
    return Answer(body=await bulk.page(call.caller.namespace, query.cursor, query.limit))


async def get_bulk_act(call: Call[NoQuery, None]) -> Answer:
    """How far it has come; one that is done is kept for 30 days."""
    return Answer(body=await call.edge.use_cases.bulk.get(call.caller.namespace, _id(call)))


async def stop_bulk_act(call: Call[NoQuery, None]) -> Answer:
    """It acts on no more executions; those that it came to stay as they are. One that has ended does too."""
    return Answer(status=202, body=await call.edge.use_cases.bulk.stop(call.caller.namespace, _id(call)))


def _id(call: Call[NoQuery, None]) -> BulkId:
    return BulkId(call.path["id"].lower())
