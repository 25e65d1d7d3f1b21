"""What has run by the time an expression is evaluated: by whose it is and when that is."""

from treadle.definition.reading import Role, Use
from treadle.definition.rules.order import Before, Order


class Befores:
    """The order of a document as its expressions see it."""

    def __init__(self, order: Order) -> None:
        self._before = order.before
        self._of_document = {
            Role.END: order.at_success(with_output=False),
            Role.SUCCESS: order.at_success(with_output=True),
            Role.STOPPED: Before(may=order.everything),
            Role.ANYWHERE: Before(may=order.everything),
        }

    def of(self, use: Use) -> Before:
        """What has run before a use."""
        return self._before[use.owner] if use.owner else self._of_document[use.role]
