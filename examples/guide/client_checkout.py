"""A shop that starts its checkouts, follows one, and looks after those that failed."""

import sys

from treadle.client import ApiError, Client, Execution

CHECKOUT = """
name: client-checkout
version: "1"
steps:
  - id: approval
    kind: wait
    signal: approved
  - id: paid
    kind: set
    vars:
      receipt: "R-{{ input.order }}"
output: "{{ vars.receipt }}"
"""


def check_out(client: Client, order: str) -> Execution:
    """Start the checkout of an order, once: however often this is called, one of them runs."""
    return client.start(
        "client-checkout",
        {"order": order},
        business_key=order,
        business_key_policy="return",
        labels={"shop": "loom"},
    )


def main(url: str) -> None:
    with Client(url) as client:
        client.put_definition(CHECKOUT)

        begun = check_out(client, "o-17")
        for reason in client.explain(begun.id).reasons:
            print(f"{reason.code} at {reason.path}")

        client.signal(begun.id, "approved", {"by": "ann"}, idempotency_key="o-17/approved")
        for event in client.events(begun.id):
            print(event.seq, event.type)

        ended = client.wait(begun.id, timeout_s=60)
        print(ended.status, ended.output)

        try:
            client.cancel(ended.id, reason="too late")
        except ApiError as error:
            print(f"refused: {error.code}")

        for execution in client.executions(definition="client-checkout", labels={"shop": "loom"}):
            print(execution.business_key, execution.status)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7070")
