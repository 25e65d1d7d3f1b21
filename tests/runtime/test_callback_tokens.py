"""Tokens are signed and believed by the keys that the store has now, though others rotate them."""

import asyncio
from collections.abc import Sequence

import pytest
from anyio.lowlevel import checkpoint

from tests.runtime.clocks import HandClock
from treadle.model.errors import Corrupt, Unavailable
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.views import StoredKey
from treadle.runtime.callback_tokens import KEPT_MS, SOUGHT_MS, CallbackTokens
from treadle.security.tokens import SECRET_BYTES, CallbackToken, KeyRing, TokenRefused, UnknownKey

pytestmark = pytest.mark.anyio

TOKEN = CallbackToken(execution_id=ExecutionId("e-1"), activity=ActivityId(7), expires_at=Instant(2**52))


def key(fill: int) -> StoredKey:
    return StoredKey(id=f"k{fill}", secret=bytes([fill]) * SECRET_BYTES, created_at=Instant(fill))


FIRST, SECOND, THIRD = key(1), key(2), key(3)


def signed_by(one: StoredKey) -> str:
    return KeyRing([one]).sign(TOKEN)


class Kept:
    """The keys of a store, as they are read; `reads` counts how often they were asked."""

    def __init__(self, *keys: StoredKey) -> None:
        self.keys: Sequence[StoredKey] = keys
        self.fails: Exception | None = None
        self.reads = 0

    async def read(self) -> Sequence[StoredKey]:
        self.reads += 1
        await checkpoint()
        if self.fails is not None:
            raise self.fails
        return self.keys


class World:
    """Tokens over keys that the test rotates, on a clock that it moves."""

    def __init__(self, *keys: StoredKey) -> None:
        self.kept = Kept(*keys)
        self.clock = HandClock()
        self.tokens = CallbackTokens(keys, self.kept.read, self.clock)

    async def refusal(self, text: str) -> str:
        with pytest.raises(TokenRefused) as refused:
            await self.tokens.verify(text)
        return refused.value.code


async def test_keys_are_read_once_in_so_long_however_many_sign_and_verify() -> None:
    world = World(FIRST)
    world.clock.advance(KEPT_MS - 1)
    for _ in range(10):
        assert await world.tokens.verify(await world.tokens.sign(TOKEN)) == TOKEN
    assert world.kept.reads == 0
    world.clock.advance(1)
    texts = await asyncio.gather(*(world.tokens.sign(TOKEN) for _ in range(10)))
    await asyncio.gather(*map(world.tokens.verify, texts))
    assert world.kept.reads == 1


async def test_a_new_key_signs_soon_and_the_one_before_it_is_believed() -> None:
    world = World(FIRST)
    before = await world.tokens.sign(TOKEN)
    world.kept.keys = (SECOND, FIRST)
    assert await world.tokens.sign(TOKEN) == before
    world.clock.advance(KEPT_MS)
    assert await world.tokens.sign(TOKEN) == signed_by(SECOND)
    assert await world.tokens.verify(before) == TOKEN


async def test_a_token_of_a_key_that_another_process_has_just_made_is_good() -> None:
    world = World(FIRST)
    world.kept.keys = (SECOND, FIRST)
    world.clock.advance(SOUGHT_MS)
    assert await world.tokens.verify(signed_by(SECOND)) == TOKEN
    assert world.kept.reads == 1


async def test_a_key_that_was_withdrawn_is_soon_believed_no_more() -> None:
    world = World(SECOND, FIRST)
    world.kept.keys = (THIRD, SECOND)
    assert await world.tokens.verify(signed_by(FIRST)) == TOKEN
    world.clock.advance(KEPT_MS)
    assert await world.refusal(signed_by(FIRST)) == "bad_signature"
    assert await world.tokens.verify(signed_by(SECOND)) == TOKEN


async def test_forged_tokens_are_no_load() -> None:
    world = World(FIRST)
    world.clock.advance(SOUGHT_MS)
    codes = await asyncio.gather(*(world.refusal(signed_by(key(fill))) for fill in range(10, 60)))
    assert set(codes) == {"bad_signature"}
    assert world.kept.reads == 1
    world.clock.advance(SOUGHT_MS - 1)
    assert await world.refusal(signed_by(SECOND)) == "bad_signature"
    assert world.kept.reads == 1


async def test_what_cannot_be_signed_by_a_key_of_the_store_is_not_looked_for() -> None:
    world = World(FIRST)
    world.clock.advance(SOUGHT_MS)
    for text in ("x", signed_by(FIRST)[:-1] + "~", KeyRing([key(1), key(2)]).sign(TOKEN)[:-8] + "A" * 8):
        await world.refusal(text)
    assert world.kept.reads == 0


async def test_it_expires_by_the_clock() -> None:
    world = World(FIRST)
    short = CallbackToken(
        execution_id=ExecutionId("e"), activity=ActivityId(1), expires_at=Instant(world.clock.now() + 1)
    )
    text = await world.tokens.sign(short)
    assert await world.tokens.verify(text) == short
    world.clock.advance(1)
    assert await world.refusal(text) == "callback_expired"


@pytest.mark.parametrize("fault", [Unavailable("store_unavailable", "gone"), None], ids=["gone", "emptied"])
async def test_a_call_leaves_though_the_keys_cannot_be_read(fault: Exception | None) -> None:
    world = World(FIRST)
    world.kept.fails, world.kept.keys = fault, ()
    world.clock.advance(KEPT_MS)
    assert await world.tokens.sign(TOKEN) == signed_by(FIRST)
    world.kept.fails, world.kept.keys = None, (SECOND, FIRST)
    assert await world.tokens.sign(TOKEN) == signed_by(SECOND)


@pytest.mark.parametrize("age_ms", [SOUGHT_MS, KEPT_MS])
async def test_a_token_is_not_refused_because_the_keys_cannot_be_read(age_ms: int) -> None:
    world = World(FIRST)
    world.kept.fails = Unavailable("store_unavailable", "gone")
    world.clock.advance(age_ms)
    with pytest.raises(Unavailable):
        await world.tokens.verify(signed_by(SECOND))


async def test_a_store_that_has_lost_its_keys_is_told() -> None:
    world = World(FIRST)
    world.kept.keys = ()
    world.clock.advance(KEPT_MS)
    with pytest.raises(Corrupt):
        await world.tokens.verify(signed_by(FIRST))


async def test_a_refusal_says_no_more_than_any_other() -> None:
    world = World(FIRST)
    with pytest.raises(UnknownKey) as unknown:
        await world.tokens.verify(signed_by(SECOND))
    with pytest.raises(TokenRefused) as forged:
        await world.tokens.verify(
            KeyRing([StoredKey(id="k1", secret=bytes(32), created_at=Instant(0))]).sign(TOKEN)
        )
    assert str(unknown.value) == str(forged.value)
