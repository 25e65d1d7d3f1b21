"""What the use cases are built from."""

from collections.abc import Callable

import msgspec

from treadle.definition.bounds import DEFAULT_BOUNDS, DocumentBounds
from treadle.model.ids import Namespace
from treadle.model.outcomes import Ok
from treadle.ports.clock import Clock
from treadle.ports.randomness import Randomness
from treadle.ports.store import Store
from treadle.ports.views import Views
from treadle.runtime.bulk_acts import BulkRunner
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.runtime.engine import Engine
from treadle.runtime.programs import Programs


def as_it_came(_namespace: Namespace, answer: Ok) -> Ok:
    """Where no secret is sent, none comes back."""
    return answer


class ServiceParts(msgspec.Struct, frozen=True, kw_only=True):
    """`programs` is the engine's own cache: what one of them compiles the other finds.

    `bulk` carries out bulk acts by the engine; `tokens` verifies what its invokers have signed.
    `document_bounds` hold for what is stored or started now.
    """

    engine: Engine
    bulk: BulkRunner
    store: Store
    views: Views
    programs: Programs
    clock: Clock
    randomness: Randomness
    tokens: CallbackTokens
    document_bounds: DocumentBounds = DEFAULT_BOUNDS
    without_secrets: Callable[[Namespace, Ok], Ok] = as_it_came
    """An answer as it may be stored."""
