"""Examples in the schema: one document, and a node of each kind."""

from collections.abc import Mapping
from typing import Final

from treadle.model.json import Json

NODE_EXAMPLES: Final[Mapping[str, Json]] = {
    "task": {
        "id": "reserve",
        "kind": "task",
        "http": {"method": "POST", "url": "http://inventory/reserve", "body": {"sku": "{{ input.sku }}"}},
        "compensate": {
            "http": {
                "method": "POST",
                "url": "http://inventory/release",
                "body": {"key": "{{ nodes.reserve.idempotency_key }}"},
            }
        },
    },
    "switch": {
        "id": "pay",
        "kind": "switch",
        "cases": [
            {
                "when": {"==": [{"var": "input.method"}, "pix"]},
                "name": "pix",
                "steps": [{"id": "pix", "kind": "task", "handler": "pay.pix"}],
            }
        ],
        "default": [{"id": "card", "kind": "task", "handler": "pay.card"}],
    },
    "sleep": {"id": "cool-off", "kind": "sleep", "for": "15m"},
    "wait": {
        "id": "approval",
        "kind": "wait",
        "signal": "approved",
        "timeout": "3d",
        "on_timeout": "continue",
    },
    "parallel": {
        "id": "both",
        "kind": "parallel",
        "branches": {
            "stock": [{"id": "check-stock", "kind": "task", "handler": "stock.check"}],
            "credit": [{"id": "check-credit", "kind": "task", "handler": "credit.check"}],
        },
    },
    "race": {
        "id": "answer",
        "kind": "race",
        "branches": {
            "yes": [{"id": "accepted", "kind": "wait", "signal": "accepted"}],
            "never": [{"id": "patience", "kind": "sleep", "for": "1d"}],
        },
    },
    "each": {
        "id": "lines",
        "kind": "each",
        "items": "{{ input.lines }}",
        "concurrency": 5,
        "steps": [{"id": "pack", "kind": "task", "handler": {"name": "pack", "input": "{{ item }}"}}],
    },
    "loop": {
        "id": "poll",
        "kind": "loop",
        "until": {"==": [{"var": "nodes.ask.output.status"}, "ready"]},
        "max_iterations": 20,
        "steps": [
            {"id": "pause", "kind": "sleep", "for": "10s"},
            {"id": "ask", "kind": "task", "http": {"url": "http://printer/jobs/{{ input.job }}"}},
        ],
    },
    "try": {
        "id": "booking",
        "kind": "try",
        "steps": [{"id": "book", "kind": "task", "handler": "hotel.book"}],
        "catch": [
            {"on": ["error"], "steps": [{"id": "waitlist", "kind": "task", "handler": "hotel.waitlist"}]}
        ],
        "finally": [{"id": "unlock", "kind": "task", "handler": "calendar.unlock"}],
    },
    "shield": {
        "id": "handover",
        "kind": "shield",
        "steps": [{"id": "sign", "kind": "task", "handler": "contract.sign"}],
    },
    "split": {
        "id": "trial",
        "kind": "split",
        "branches": {
            "new": {"weight": 1, "steps": [{"id": "new-price", "kind": "task", "handler": "price.new"}]},
            "old": {"weight": 9, "steps": [{"id": "old-price", "kind": "task", "handler": "price.old"}]},
        },
    },
    "child": {
        "id": "bill",
        "kind": "child",
        "definition": "invoice@2",
        "input": {"order": "{{ input.order }}"},
    },
    "emit": {
        "id": "tell",
        "kind": "emit",
        "topic": "orders",
        "type": "order.placed",
        "data": {"order": "{{ input.order }}"},
        "key": "{{ input.order }}",
    },
    "set": {"id": "remember", "kind": "set", "vars": {"total": "{{ input.total }}"}},
    "end": {
        "id": "refuse",
        "kind": "end",
        "when": {"<": [{"var": "input.total"}, 1]},
        "status": "failed",
        "error": {"code": "nothing_to_pay", "message": "order {{ input.order }} has nothing to pay"},
    },
}
DOCUMENT_EXAMPLES: Final[tuple[Json, ...]] = (
    {
        "name": "checkout",
        "version": "1",
        "input_schema": {"type": "object", "required": ["sku", "method"]},
        "defaults": {"timeout": "10s", "retry": {"max_attempts": 5, "initial": "200ms", "max": "30s"}},
        "steps": [NODE_EXAMPLES["task"], NODE_EXAMPLES["switch"]],
        "output": {"reserved": "{{ nodes.reserve.output.id }}"},
        "on_failure": {"handler": {"name": "notify", "input": {"why": "{{ failure.message }}"}}},
    },
)
