"""`this`: the node in whose call it stands, before that call has given it a name."""

from typing import Final

from treadle.model.json import Json
from treadle.workflow.nodes import Node
from treadle.workflow.operands import NOWHERE
from treadle.workflow.references import NAME, OWN_ID

IN_TEMPLATE: Final = f'nodes["{OWN_ID}"]'
IN_CEL: Final = f"nodes['{OWN_ID}']"
IN_LOGIC: Final = f"nodes.{OWN_ID}."

this: Final = Node(OWN_ID, NOWHERE)
"""What a compensation reads of the node that it undoes: `this.output.id`, `this.idempotency_key`."""


def named(value: Json, node_id: str) -> Json:
    """The value with the id of the node in the places of its own."""
    if isinstance(value, str):
        return _named_text(value, node_id) if OWN_ID in value else value
    if isinstance(value, dict):
        return {key: named(nested, node_id) for key, nested in value.items()}
    if isinstance(value, list):
        return [named(nested, node_id) for nested in value]
    return value


def reads_own(value: Json) -> bool:
    """Whether a value reads a node that is not named yet."""
    if isinstance(value, str):
        return any(own in value for own in (IN_TEMPLATE, IN_CEL, IN_LOGIC))
    nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(reads_own(one) for one in nested)


def _named_text(text: str, node_id: str) -> str:
    in_cel = f".{node_id}" if NAME.fullmatch(node_id) else f'["{node_id}"]'
    text = text.replace(IN_TEMPLATE, f"nodes.{node_id}").replace(IN_LOGIC, f"nodes.{node_id}.")
    return text.replace(IN_CEL, f"nodes{in_cel}")
