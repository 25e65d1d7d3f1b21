"""Where outbound calls may go, address by address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.config.networks import parse_networks
from treadle.security.egress import EgressMode, EgressPolicy, is_literal, parse_address, refusal

DEV = EgressPolicy(mode=EgressMode.DEV)
SERVER = EgressPolicy(mode=EgressMode.SERVER)

LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f000001",
    "0X7F.1",
    "0x7f.0x0.0x0.0x1",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127.255.255.254",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "[::ffff:7f00:1]",
    "64:ff9b::127.0.0.1",
]
PRIVATE = [
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "192.168.1.1",
    "0xc0a80101",
    "fd12:3456::1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
]
NEVER = [
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fe80::1%eth0",
    "[fe80::1%25eth0]",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "224.0.0.1",
    "239.255.255.255",
    "ff02::1",
    "0.0.0.0",
    "0",
    "0x0",
    "0.1.2.3",
    "::",
    "[::]",
    "::ffff:0.0.0.0",
    "255.255.255.255",
]
RESERVED = [
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "240.0.0.1",
    "fec0::1",
    "2001:db8::1",
    "100::1",
    "64:ff9b:1::808:808",
    "::8.8.8.8",
    "2002:7f00:1::1",
    "2002:0a00:0001::",
    "2001:0:7f00:1::",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "134744072",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "[2a00::1]",
]


@pytest.mark.parametrize("address", LOOPBACK + PRIVATE + PUBLIC)
def test_dev_opens_loopback_private_and_public_addresses(address: str) -> None:
    assert refusal(DEV, address) is None


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_what_a_workflow_means(address: str) -> None:
    assert refusal(DEV, address) is not None
    assert refusal(SERVER, address) is not None


@pytest.mark.parametrize("address", LOOPBACK + PRIVATE + RESERVED)
def test_a_server_refuses_what_is_not_public(address: str) -> None:
    assert refusal(SERVER, address) is not None


@pytest.mark.parametrize("address", PUBLIC)
def test_a_server_calls_public_addresses(address: str) -> None:
    assert refusal(SERVER, address) is None


@pytest.mark.parametrize(
    ("allow", "address"),
    [
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.0.0.0/8", "::ffff:10.1.2.3"),
        ("10.0.0.0/8", "64:ff9b::10.1.2.3"),
        ("::1/128", "[::1]"),
        ("127.0.0.0/8", "0x7f000001"),
        ("169.254.169.254/32", "169.254.169.254"),
        ("0.0.0.0/0", "0.0.0.0"),
        ("fe80::/10", "fe80::1%eth0"),
    ],
)
def test_an_allowed_network_is_open(allow: str, address: str) -> None:
    policy = EgressPolicy(mode=EgressMode.SERVER, allow=parse_networks(allow))
    assert refusal(policy, address) is None


def test_an_allowed_ipv6_network_does_not_open_the_ipv4_address_inside() -> None:
    policy = EgressPolicy(mode=EgressMode.SERVER, allow=parse_networks("::/0"))
    for address in ("::ffff:127.0.0.1", "64:ff9b::169.254.169.254", "2002:7f00:1::1", "::10.0.0.1"):
        assert refusal(policy, address) is not None


def test_networks_are_read_from_a_list_with_commas() -> None:
    assert len(parse_networks(" 10.0.0.0/8, ::1 ,127.0.0.1/32,")) == 3
    assert parse_networks("") == ()
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        parse_networks("10.0.0.1/8")


@pytest.mark.parametrize(
    "address",
    ["", "name", "1.2.3.4.5", "256.1.1.1", "1.2.256.1", "4294967296", "09.0.0.1", "1..2", "::g", "1.0xg"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert parse_address(address) is None
    assert refusal(DEV, address) is not None


@pytest.mark.parametrize(
    ("host", "literal"),
    [
        ("127.1", True),
        ("0x7f000001", True),
        ("2130706433", True),
        ("1.2.3.4.5", True),
        ("a.b.1", True),
        ("127.0.0.1.", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("inventory", False),
        ("host1", False),
        ("a.b1.test", False),
        ("0xfood", False),
        ("1.test.", False),
    ],
)
def test_a_literal_is_told_from_a_name(host: str, literal: bool) -> None:
    assert is_literal(host) is literal


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_every_form_of_an_ipv4_address_is_judged_alike(value: int) -> None:
    a, b, c, d = value.to_bytes(4)
    forms = [
        f"{a}.{b}.{c}.{d}",
        f"{value}",
        f"{value:#x}",
        f"0{value:o}",
        f"{a}.{value & 0xFFFFFF}",
        f"{a}.{b}.{value & 0xFFFF}",
        f"{a:#x}.0{b:o}.{c}.{d}.",
        f"::ffff:{a}.{b}.{c}.{d}",
        f"64:ff9b::{a}.{b}.{c}.{d}",
    ]
    for policy in (DEV, SERVER):
        assert len({refusal(policy, form) is None for form in forms}) == 1


@given(st.text(max_size=40))
def test_no_text_breaks_the_rules(text: str) -> None:
    is_literal(text)
    refusal(SERVER, text)
