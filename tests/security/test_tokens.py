"""A token is what was signed and nothing else; who changed it, or asks too late, is told which."""

import base64
import re

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from treadle.model.errors import Corrupt, Rejected
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.views import StoredKey
from treadle.security.tokens import (
    KEYS_VALID_MAX,
    SECRET_BYTES,
    TOKEN_CHARS_MAX,
    CallbackToken,
    KeyRing,
    TokenRefused,
    UnknownKey,
)

URL_SAFE = re.compile(r"[A-Za-z0-9_-]+")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
EXPIRES_AT = Instant(1_767_225_600_000)
BEFORE = Instant(EXPIRES_AT - 1)
TOKEN = CallbackToken(
    execution_id=ExecutionId("0198a7c2-7d0c-7f3a-9c64-3f5f4d1e2b6a"),
    activity=ActivityId(12),
    expires_at=EXPIRES_AT,
)
CODES = frozenset({"malformed_token", "bad_signature"})

tokens = st.builds(
    CallbackToken,
    execution_id=st.text(min_size=1, max_size=36),
    activity=st.integers(0, 2**53),
    expires_at=st.integers(1, 2**53),
)


def key(name: str = "k1", fill: bytes = b"\x01") -> StoredKey:
    return StoredKey(id=name, secret=fill * SECRET_BYTES, created_at=Instant(0))


OLD, NEW = key("k1", b"\x01"), key("k2", b"\x02")
RING = KeyRing([OLD])
SIGNED = RING.sign(TOKEN)


def refusal(text: str, ring: KeyRing = RING, now: Instant = BEFORE) -> str:
    with pytest.raises(TokenRefused) as refused:
        ring.verify(text, now)
    assert len(text) < len(SIGNED) or text not in refused.value.message
    return refused.value.code


def raw_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@given(tokens)
def test_what_was_signed_is_read_again(token: CallbackToken) -> None:
    text = RING.sign(token)
    assert URL_SAFE.fullmatch(text)
    assert RING.verify(text, Instant(token.expires_at - 1)) == token


def test_the_token_of_an_execution_is_short() -> None:
    assert len(SIGNED) <= 128


def test_the_same_token_is_signed_alike() -> None:
    assert RING.sign(TOKEN) == SIGNED


@given(st.integers(0, len(SIGNED) - 1), st.sampled_from(ALPHABET))
def test_any_other_character_is_refused(at: int, char: str) -> None:
    assume(SIGNED[at] != char)
    assert refusal(SIGNED[:at] + char + SIGNED[at + 1 :]) in CODES


@given(st.integers(0, len(SIGNED) - 1), st.characters())
def test_any_character_instead_of_another_is_refused(at: int, char: str) -> None:
    assume(SIGNED[at] != char)
    assert refusal(SIGNED[:at] + char + SIGNED[at + 1 :]) in CODES


@given(st.integers(0, len(SIGNED)), st.text(min_size=1, max_size=4))
def test_anything_put_into_it_is_refused(at: int, more: str) -> None:
    assert refusal(SIGNED[:at] + more + SIGNED[at:]) in CODES


@pytest.mark.parametrize("chars", range(len(SIGNED)))
def test_a_beginning_or_an_end_of_it_is_refused(chars: int) -> None:
    assert refusal(SIGNED[:chars]) in CODES
    assert refusal(SIGNED[len(SIGNED) - chars :]) in CODES


@given(st.text(max_size=200))
def test_a_text_that_is_no_token_is_refused(text: str) -> None:
    assert refusal(text) in CODES


@given(st.binary(max_size=200))
def test_bytes_that_nobody_signed_are_refused(raw: bytes) -> None:
    assert refusal(text_of(raw)) in CODES
    assert refusal(text_of(b"\x01" + raw)) in CODES


WRITTEN = {
    "padded": SIGNED + "=",
    "padded_more": SIGNED + "====",
    "with_a_line_end": SIGNED + "\n",
    "after_a_blank": " " + SIGNED,
    "with_a_mark_that_decoders_pass_over": SIGNED[:60] + "." + SIGNED[60:],
    "nothing": "",
    "too_long": RING.sign(msgspec.structs.replace(TOKEN, execution_id=ExecutionId("e" * TOKEN_CHARS_MAX))),
    "surrogates": "\udcff" * 40,
    "of_another_version": text_of(b"\x02" + raw_of(SIGNED)[1:]),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_is_not_written_as_tokens_are_is_malformed(written: str) -> None:
    assert refusal(written) == "malformed_token"


def test_the_standard_alphabet_is_malformed() -> None:
    rings = (KeyRing([key(fill=bytes([fill]))]) for fill in range(256))
    ring, text = next((ring, ring.sign(TOKEN)) for ring in rings if set("-_") & set(ring.sign(TOKEN)))
    assert ring.verify(text, BEFORE) == TOKEN
    assert refusal(text.replace("-", "+").replace("_", "/"), ring) == "malformed_token"


def test_unused_bits_of_the_last_character_are_malformed() -> None:
    """Several texts decode to the same bytes: one of them is the token."""
    ids = [ExecutionId("e" * chars) for chars in (30, 31, 32)]
    signed = [RING.sign(msgspec.structs.replace(TOKEN, execution_id=each)) for each in ids]
    twins = [
        text[:-1] + char
        for text in signed
        for char in ALPHABET
        if char != text[-1] and raw_of(text[:-1] + char) == raw_of(text)
    ]
    assert twins
    assert {refusal(twin) for twin in twins} == {"malformed_token"}


@pytest.mark.parametrize("at", range(1, len(raw_of(SIGNED))))
def test_any_bit_of_what_is_signed_or_of_the_signature_counts(at: int) -> None:
    raw = bytearray(raw_of(SIGNED))
    raw[at] ^= 1
    assert refusal(text_of(bytes(raw))) in CODES


def test_a_changed_signature_is_a_bad_one() -> None:
    raw = bytearray(raw_of(SIGNED))
    raw[-1] ^= 1
    assert refusal(text_of(bytes(raw))) == "bad_signature"


def test_a_signature_of_another_key_of_that_name_is_a_bad_one() -> None:
    assert refusal(SIGNED, KeyRing([key("k1", b"\x07")])) == "bad_signature"


def test_a_key_that_is_not_there_is_a_bad_signature() -> None:
    assert refusal(SIGNED, KeyRing([NEW])) == "bad_signature"


def test_only_a_key_that_is_not_there_is_worth_looking_for() -> None:
    with pytest.raises(UnknownKey):
        KeyRing([NEW]).verify(SIGNED, BEFORE)
    for text, ring in ((SIGNED, KeyRing([key("k1", b"\x07")])), ("x", RING), (SIGNED[:-4], RING)):
        with pytest.raises(TokenRefused) as refused:
            ring.verify(text, BEFORE)
        assert type(refused.value) is TokenRefused


@pytest.mark.parametrize(("late", "is_good"), [(-1, True), (0, False), (1, False)])
def test_it_is_expired_from_its_last_instant_on(late: int, is_good: bool) -> None:
    now = Instant(EXPIRES_AT + late)
    if is_good:
        assert RING.verify(SIGNED, now) == TOKEN
    else:
        assert refusal(SIGNED, now=now) == "callback_expired"


def test_whether_it_is_expired_is_told_to_who_was_given_it_only() -> None:
    assert refusal(SIGNED, KeyRing([NEW]), Instant(EXPIRES_AT + 1)) == "bad_signature"


def test_the_newest_key_signs_and_the_one_before_it_is_good_still() -> None:
    rotated = KeyRing([NEW, OLD])
    assert rotated.verify(SIGNED, BEFORE) == TOKEN
    assert KeyRing([NEW]).verify(rotated.sign(TOKEN), BEFORE) == TOKEN
    assert refusal(rotated.sign(TOKEN), RING) == "bad_signature"


def test_with_a_second_rotation_the_oldest_key_is_withdrawn() -> None:
    assert KEYS_VALID_MAX == 2
    assert refusal(SIGNED, KeyRing([key("k3", b"\x03"), NEW, OLD])) == "bad_signature"


@pytest.mark.parametrize("keys", [[], [key(fill=b"")], [NEW, StoredKey(id="k", secret=b"x", created_at=0)]])
def test_a_ring_without_a_whole_key_is_corrupt(keys: list[StoredKey]) -> None:
    with pytest.raises(Corrupt) as raised:
        KeyRing(keys)
    assert raised.value.code == "callback_keys"


def test_a_refusal_is_the_callers_fault() -> None:
    assert issubclass(TokenRefused, Rejected)


def test_a_ring_does_not_show_its_keys() -> None:
    assert repr(NEW.secret) not in repr(KeyRing([NEW]))
    assert "\\x02" not in repr(KeyRing([NEW]))
