"""A checkout in Python: the workflow, and the functions that it calls."""

from datetime import timedelta
from typing import Any

from treadle.worker import FinalError, Registry
from treadle.workflow import App, Workflow, defaults, failure, handler, input_, item, retry, this

registry = Registry()


@registry.handler()
def reserve(order: dict[str, Any]) -> dict[str, Any]:
    total = sum(line["quantity"] * line["price"] for line in order["lines"])
    return {"reservation": f"R-{order['id']}", "total": total}


@registry.handler()
def release(reservation: dict[str, Any]) -> None:
    """The undo of `reserve`, by the key that `reserve` was called with."""


@registry.handler()
def charge(payment: dict[str, Any]) -> dict[str, Any]:
    if payment["card"] == "declined":
        raise FinalError("card_declined", "the bank said no")
    return {"receipt": f"paid {payment['amount']}"}


@registry.handler()
async def approve(order: dict[str, Any]) -> dict[str, Any]:
    return {"by": "ann"}


@registry.handler()
async def pack(line: dict[str, Any]) -> str:
    return f"{line['quantity']} x {line['sku']}"


@registry.handler()
async def tell(message: str) -> None: ...


checkout = Workflow(
    "python-checkout",
    "1",
    input_schema={"type": "object", "required": ["id", "card", "lines"]},
    defaults=defaults(retry=retry(max_attempts=5, initial=timedelta(milliseconds=200)), timeout="10s"),
)

reserved = checkout.task(
    "reserve",
    handler("reserve"),
    compensate=handler("release", input={"key": this.idempotency_key}),
)
total = reserved.output.total

size = checkout.switch("size")
with size.case((total > 1000) & ~input_.is_trusted, name="large"):
    checkout.task("approve", handler("approve"))

paid = checkout.task("charge", handler("charge", input={"card": input_.card, "amount": total}))

with checkout.each("lines", input_.lines, concurrency=3) as lines:
    checkout.task("pack", handler("pack", input=item))

checkout.output({"receipt": paid.output.receipt, "parcel": lines.output})
checkout.on_failure(handler("tell", input=f"order {input_.id}: {failure.path} failed with {failure.code}"))

app = App(registry=registry, workflows=(checkout,))
