"""A service may echo the secrets that it was sent, now or later: they are kept out of what is stored."""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from treadle.invokers.masking import Mask, masked
from treadle.model.ids import Namespace
from treadle.model.outcomes import Ok, Outcome

SENT_MAX: Final = 1_000
"""Secrets of a namespace that were sent and have been changed since: the newest of them are remembered."""
SECRET_CHARS_MIN: Final = 4
"""A shorter one would blank half of every answer, and keeps nothing secret."""


def no_secrets(_namespace: Namespace) -> tuple[str, ...]:
    """A process without secrets."""
    return ()


class Echoes:
    """`known` tells the secrets that a namespace has now; those that were sent count too."""

    def __init__(self, known: Callable[[Namespace], tuple[str, ...]] = no_secrets) -> None:
        self._known = known
        self._sent: dict[Namespace, tuple[str, ...]] = {}
        self._masks: dict[Namespace, tuple[tuple[str, ...], Mask]] = {}
        """Each with the secrets that were known when it was made; gone when more were sent since."""

    def remember(self, namespace: Namespace, secrets: list[str]) -> None:
        """Keep these out of what comes back in this namespace, also when they are secrets no more."""
        known = self._sent.get(namespace, ())
        fresh = tuple(secret for secret in secrets if secret not in known)
        if fresh:
            self._sent[namespace] = (*known, *fresh)[-SENT_MAX:]
            self._masks.pop(namespace, None)

    def without(self, namespace: Namespace, outcome: Outcome) -> Outcome:
        """The outcome as it may be stored."""
        mask = self._mask(namespace)
        if not mask:
            return outcome
        if isinstance(outcome, Ok):
            return masked_answer(outcome, mask)
        return replace(outcome, message=mask(outcome.message))

    def without_in_answer(self, namespace: Namespace, answer: Ok) -> Ok:
        """The answer as it may be stored: a callback is one too."""
        mask = self._mask(namespace)
        return masked_answer(answer, mask) if mask else answer

    def _mask(self, namespace: Namespace) -> Mask:
        known = self._known(namespace)
        made = self._masks.get(namespace)
        if made is None or made[0] != known:
            values = (*known, *self._sent.get(namespace, ()))
            made = known, Mask(value for value in values if len(value) >= SECRET_CHARS_MIN)
            self._masks[namespace] = made
        return made[1]


def masked_answer(answer: Ok, mask: Mask) -> Ok:
    """The answer with every text in its body and its headers masked."""
    headers = {name: mask.whole(value) for name, value in answer.headers.items()}
    return replace(answer, body=masked(answer.body, mask), headers=headers)
