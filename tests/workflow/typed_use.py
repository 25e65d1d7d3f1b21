"""How a user writes workflows, as a type checker sees it; a line says which error it is, if it is one."""

from datetime import timedelta

from treadle.model.definition import Definition
from treadle.worker import Registry
from treadle.workflow import (
    App,
    Condition,
    Logic,
    Node,
    Reference,
    Value,
    Workflow,
    body,
    callback,
    defaults,
    execution,
    failure,
    handler,
    http,
    in_,
    input_,
    item,
    retry,
    this,
    undo,
)

w = Workflow(
    "typed", "1", deadline=timedelta(hours=1), labels={"team": "orders"}, input_schema={"type": "object"}
)
charge: Node = w.task(
    "charge",
    http(
        "POST", f"http://pay/{input_.order.id}", body={"amount": input_.amount, "lines": [item.sku, 1, None]}
    ),
    retry=retry(max_attempts=5, initial=timedelta(seconds=1), on=[429, "5xx"]),
    callback=callback(timeout="15m", fail_when=body.status == "denied"),
    compensate=undo(handler("refund", input=this.output.id), retry=retry(max_attempts=20)),
    when=(input_.amount > 100) & ~input_.is_free | in_(input_.kind, ["a", "b"]),
)
identity: Reference = charge.output.id
condition: Logic = charge.output.amount + 1 > 100
given: dict[str, Value] = {"id": charge.output.id, "n": 1}
asked: Condition = {"!": [input_.a]}
with w.each("lines", input_.lines, concurrency=3) as lines:
    w.task("pick", handler("pick", input=given), when=asked)
choice = w.switch("choice")
with choice.case(input_.method == "pix", name="pix"):
    w.sleep("nap", for_="1s")
with choice.default():
    w.set("remember", {"all": lines.output})
with w.try_("pay") as pay:
    w.emit("told", topic="orders", type="placed", data=given)
with pay.catch("timeout", "error"):
    w.end("over", "failed", code="late", message=failure.message)
w.output({"id": execution.id})
definition: Definition = w.build()
app = App(registry=Registry(), workflows=(w,))

w.task("a", handler("h"), lable="x")  # E: call-arg
w.task("a", handler("h"), timeout=10)  # E: arg-type
w.task("a", "h")  # E: arg-type
w.task("a", retry(max_attempts=1))  # E: arg-type
w.task("a", handler("h"), retry=http("http://x"))  # E: arg-type
w.task("a", handler("h"), on_unknown="hope")  # E: arg-type
w.task("a", handler("h", input=input_.a > 1))  # E: arg-type
w.task("a", handler("h", input=charge))  # E: arg-type
w.task("a", handler("h"), when=True)  # E: arg-type
w.emit("a", topic="t", type="x")  # E: call-arg
w.end("a", "stopped")  # E: arg-type
w.sleep("a", until=5)  # E: arg-type
w.try_("a").catch("cancelled")  # E: arg-type
w.split("a").branch("b")  # E: call-arg
w.parallel("a").case("b")  # E: attr-defined
retry(attempts=3)  # E: call-arg
http("GET", "http://x", proxy="a")  # E: call-overload
defaults(priority=1)  # E: call-arg
str(charge.result)  # E: attr-defined
str(execution.nothing)  # E: attr-defined
str(failure.nothing)  # E: attr-defined
Workflow("a", "1", steps=[])  # E: call-arg
