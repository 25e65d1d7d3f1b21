"""The services that the examples of the guide call: `python -m examples.guide.services --port 9000`.

What they refuse is decided by what they are asked, so that every page can show both ends of its example. They
answer a key that they have seen as they answered it before, as every service that is called by a saga should.
`GET /calls?execution=` lists what came, a line each; `GET /calls/newest?path=` tells the newest of a path.
"""

import argparse
import asyncio
import re
import signal
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

Fields = dict[str, Any]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a service answers; one that `is_cut` does its work, and then the connection breaks."""

    status: int = 200
    body: Any = None
    is_cut: bool = False


class Call(msgspec.Struct, kw_only=True):
    """What came, and how it was answered; `status` is 0 while it is not, and where the connection broke."""

    method: str
    path: str
    execution: str
    key: str
    attempt: int
    compensates: str | None
    body: Any
    status: int = 0


Work = Callable[[Call, "Memory"], Answer]


class Memory:
    """What the services remember: all calls, their answers by key, and who has asked for what how often."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: dict[str, Answer] = {}
        self.checks: dict[str, int] = {}
        self.done: set[str] = set()

    def count(self, what: str) -> int:
        """How often that was counted, this time included."""
        self.checks[what] = self.checks.get(what, 0) + 1
        return self.checks[what]


def made(status: int = 201, **fields: Any) -> Work:
    """Always done; `{...}` in the fields stands for a field of what was asked."""

    def work(call: Call, _memory: Memory) -> Answer:
        given = call.body if isinstance(call.body, dict) else {}
        body = {
            name: value.format_map(given) if isinstance(value, str) else value
            for name, value in fields.items()
        }
        return Answer(status=status, body=body)

    return work


def unless(field: str, value: str, refusal: Answer, work: Work) -> Work:
    """Done, unless the field of what was asked is that value."""

    def refusing(call: Call, memory: Memory) -> Answer:
        return refusal if call.body.get(field) == value else work(call, memory)

    return refusing


def refused(status: int, why: str) -> Answer:
    return Answer(status=status, body={"error": why})


def send_mail(call: Call, _memory: Memory) -> Answer:
    """An address without an @ is none."""
    address = call.body["to"]
    if "@" not in address:
        return refused(422, "this is no address")
    return Answer(status=202, body={"accepted": f"mail to {address}"})


def review(call: Call, _memory: Memory) -> Answer:
    """Somebody who is generous up to a thousand."""
    return Answer(body={"agreed": call.body["amount"] <= 1_000, "by": "Mo"})


def film(call: Call, memory: Memory) -> Answer:
    """Rendered at the second look; `endless` never is, and `spoilt` goes wrong."""
    name = call.path.rpartition("/")[2]
    if name == "endless" or memory.count(name) < 2:
        return Answer(body={"state": "rendering"})
    if name == "spoilt":
        return Answer(body={"state": "spoilt"})
    return Answer(body={"state": "ready", "url": f"http://films.example/{name}"})


def statement_lines(call: Call, _memory: Memory) -> Answer:
    """Two lines a page, three pages; after the last one comes page 0."""
    page = int(call.body["page"])
    lines = [{"text": f"line {number}", "amount": number} for number in (2 * page - 1, 2 * page)]
    return Answer(body={"lines": lines, "next": (page + 1) % 4})


def withdraw(call: Call, memory: Memory) -> Answer:
    """The bank of `busy` is overloaded at first."""
    if call.body["account"] == "busy" and memory.count(call.key) < 3:
        return refused(503, "come back later")
    return Answer(status=201, body={"withdrawal": f"from-{call.body['account']}"})


def undo_withdrawal(call: Call, memory: Memory) -> Answer:
    """That of `locked` is never undone."""
    forward = memory.answers[call.body["key"]]
    return refused(500, "locked") if forward.body["withdrawal"] == "from-locked" else Answer(status=204)


def deposit(call: Call, memory: Memory) -> Answer:
    """Closed accounts take nothing; with some the connection breaks, before or after it is done."""
    account = call.body["account"]
    if account == "closed":
        return refused(409, "this account is closed")
    if account == "dropped" and memory.count(call.key) == 1:
        return Answer(is_cut=True)
    memory.done.add(call.key)
    answer = Answer(status=201, body={"deposit": f"to-{account}"})
    memory.answers[call.key] = answer
    return Answer(is_cut=True) if account in ("cut", "silent") else answer


def deposit_outcome(call: Call, memory: Memory) -> Answer:
    """What became of the deposit of that key; of `silent` nothing is told."""
    key = call.body["key"]
    if key not in memory.done:
        return Answer(body={"outcome": "not_done"})
    done = memory.answers[key].body
    if done["deposit"] == "to-silent":
        return refused(404, "nothing is known of it")
    return Answer(body={"outcome": "done", "output": done})


UNDONE: Final = made(204)
SERVICES: Final[Mapping[str, Work]] = {
    "POST /flights": made(booking="flight to {to}", price=240),
    "POST /flights/cancel": UNDONE,
    "POST /hotels": made(booking="hotel in {to}", price=310),
    "POST /hotels/cancel": UNDONE,
    "POST /cars": unless("to", "Venice", refused(409, "no cars"), made(booking="car in {to}", price=95)),
    "POST /mails": send_mail,
    "POST /reviews": review,
    "POST /refunds": made(refund="{amount} to {customer}"),
    "POST /vouchers": made(voucher="{amount} for {customer}"),
    "POST /reservations": made(reservation="for {order}"),
    "POST /releases": UNDONE,
    "POST /payments": made(202, payment="of {order}"),
    "POST /mailboxes": made(address="{name}@example.com"),
    "POST /mailboxes/close": UNDONE,
    "POST /laptops": unless("model", "abacus", refused(409, "out of stock"), made(serial="{model}-1")),
    "POST /badges": made(number=17),
    "POST /couriers/swift": made(202),
    "POST /couriers/swift/withdraw": UNDONE,
    "POST /couriers/steady": made(202),
    "POST /couriers/steady/withdraw": UNDONE,
    "POST /films": made(film="{title}"),
    "GET /films/*": film,
    "POST /members/*/lock": made(204),
    "POST /members/*/unlock": made(204),
    "POST /credits": made(credit="of {member}"),
    "POST /credits/take_back": UNDONE,
    "POST /charges": unless("card", "empty", refused(402, "no money"), made(charged="{card}")),
    "POST /invoices": made(invoice="for {member}"),
    "POST /orders": made(order="of {what}"),
    "POST /labels": made(label="to {address}"),
    "POST /labels/void": UNDONE,
    "POST /shipments": unless("label", "to the moon", refused(422, "too far"), made(shipped=True)),
    "GET /lines/*": statement_lines,
    "POST /shipments/recall": UNDONE,
    "POST /withdrawals": withdraw,
    "POST /withdrawals/undo": undo_withdrawal,
    "POST /deposits": deposit,
    "GET /deposits/outcome": deposit_outcome,
}
PATTERNS: Final = {
    re.compile(re.escape(route).replace(r"\*", "[^/]+")): work for route, work in SERVICES.items()
}


class Services:
    """All of them over one memory."""

    def __init__(self) -> None:
        self.memory = Memory()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/calls", self._tell_calls)
        app.router.add_get("/calls/newest", self._tell_newest)
        app.router.add_route("*", "/{path:.+}", self._serve)
        return app

    async def _serve(self, request: web.Request) -> web.Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return web.json_response({"error": "an Idempotency-Key is missing"}, status=400)
        call = Call(
            method=request.method,
            path=request.path,
            execution=request.headers.get("Treadle-Execution-Id", ""),
            key=key,
            attempt=int(request.headers.get("Treadle-Attempt", "1")),
            compensates=request.headers.get("Treadle-Compensates"),
            body=await request.json() if request.can_read_body else dict(request.query),
        )
        self.memory.calls.append(call)
        return self._answered(call, request)

    def _answered(self, call: Call, request: web.Request) -> web.Response:
        answer = self.memory.answers.get(call.key)
        if answer is None:
            answer = self._work(call)
            if answer.status < 300 and not answer.is_cut and call.method == "POST":
                self.memory.answers[call.key] = answer
        if answer.is_cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        call.status = answer.status
        return web.json_response(answer.body, status=answer.status)

    def _work(self, call: Call) -> Answer:
        route = f"{call.method} {call.path}"
        for pattern, work in PATTERNS.items():
            if pattern.fullmatch(route):
                return work(call, self.memory)
        return refused(404, f"nobody serves {route}")

    async def _tell_calls(self, request: web.Request) -> web.Response:
        execution = request.query.get("execution")
        calls = [call for call in self.memory.calls if execution in (None, call.execution)]
        lines = [f"{call.status or '---'} {call.method} {call.path}\n" for call in calls]
        return web.Response(text="".join(lines))

    async def _tell_newest(self, request: web.Request) -> web.Response:
        path = request.query.get("path")
        for call in reversed(self.memory.calls):
            if path in (None, call.path):
                return web.json_response(msgspec.to_builtins(call))
        return web.json_response({"error": "no such call has come"}, status=404)


async def serve(port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    runner = web.AppRunner(Services().app(), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(f"services on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await stopping.wait()
    await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description="The services that the examples of the guide call.")
    parser.add_argument("--port", type=int, default=9_000, help="0 takes a free one")
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
