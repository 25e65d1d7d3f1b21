"""`emit`: a message to a stream. Its event is what the relay sends; nobody waits for it here."""

from treadle.core.nodes.bodies import complete
from treadle.core.nodes.failing import fail_rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import MessageEmitted
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path, forward_key
from treadle.model.program import EmitNode


def enter(turn: Turn, frame: Frame, node: EmitNode, path: Path) -> None:
    """Render the message; its id is the visit's key, so that a message that is sent twice is known."""
    roots = Scope(execution=turn.execution, frame=frame)
    message_id = forward_key(turn.execution.id, path)
    try:
        emitted = MessageEmitted(
            at=turn.now,
            frame=frame.id,
            path=path,
            message_id=message_id,
            topic=str(node.topic(roots)),
            message_type=str(node.message_type(roots)),
            data=node.data(roots),
            key=None if node.key is None else str(node.key(roots)),
        )
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    turn.emit(emitted)
    complete(turn, frame, node, {"message_id": message_id}, next_=node.next)
