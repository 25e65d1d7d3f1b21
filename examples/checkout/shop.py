"""What the services do: stock, cards, parcels and messages, all in memory."""

from collections.abc import Callable
from itertools import count
from typing import Any, Final

from examples.checkout.ledger import Answer

Body = dict[str, Any]

CENTS_EACH: Final = {"treadle": 24_900, "shuttle": 3_450, "heddle": 1_275}
PIECES_EACH: Final = 40
CARD_WITHOUT_MONEY: Final = "4000-0000-0000-0002"
CARRIERS: Final = {"/couriers": "City Couriers", "/lockers": "Locker 12", "/post": "National Post"}


class Shop:
    """One shop behind four services. Each method is the work of one call, done once for each key."""

    def __init__(self, cents_each: dict[str, int]) -> None:
        self._cents_each = cents_each
        self._stock = dict.fromkeys(cents_each, PIECES_EACH)
        self._numbers = count(1)
        self._reserved: dict[str, list[tuple[str, int]]] = {}
        self._charged: dict[str, int] = {}
        self._sent: list[str] = []

    def work(self, path: str) -> Callable[[str, Body], Answer] | None:
        """What a call to `path` does, given its key and its body."""
        if path in CARRIERS:
            return lambda key, body: (201, {"carrier": CARRIERS[path]})
        return {
            "/reservations": self._reserve,
            "/releases": self._release,
            "/charges": self._charge,
            "/refunds": self._refund,
            "/shipments": self._ship,
            "/messages": self._send,
        }.get(path)

    def totals(self) -> Body:
        """What is reserved and what is charged now, over all orders."""
        return {
            "reserved_pieces": sum(pieces for lines in self._reserved.values() for _, pieces in lines),
            "charged_cents": sum(self._charged.values()),
            "messages": list(self._sent),
        }

    def _reserve(self, key: str, body: Body) -> Answer:
        lines = [(line["sku"], line["quantity"]) for line in body["items"]]
        for sku, quantity in lines:
            if self._stock.get(sku, 0) < quantity:
                return 409, {"error": "out_of_stock", "sku": sku}
        for sku, quantity in lines:
            self._stock[sku] -= quantity
        self._reserved[key] = lines
        total = sum(self._cents_each[sku] * quantity for sku, quantity in lines)
        return 201, {"reservation_id": f"res-{next(self._numbers)}", "total": total}

    def _release(self, key: str, body: Body) -> Answer:
        lines = self._reserved.pop(body["reservation_key"], [])
        for sku, quantity in lines:
            self._stock[sku] += quantity
        return 200, {"released": sum(quantity for _, quantity in lines)}

    def _charge(self, key: str, body: Body) -> Answer:
        if body["card"] == CARD_WITHOUT_MONEY:
            return 402, {"error": "card_refused", "reason": "insufficient funds"}
        self._charged[key] = body["amount"]
        return 201, {"charge_id": f"ch-{next(self._numbers)}", "amount": body["amount"], "currency": "EUR"}

    def _refund(self, key: str, body: Body) -> Answer:
        return 200, {"refunded": self._charged.pop(body["charge_key"], 0)}

    def _ship(self, key: str, body: Body) -> Answer:
        return 201, {"tracking": f"TR-{body['reservation_id']}", "carrier": body["carrier"]}

    def _send(self, key: str, body: Body) -> Answer:
        self._sent.append(body["text"])
        return 202, {"sent_to": body["order_id"]}
