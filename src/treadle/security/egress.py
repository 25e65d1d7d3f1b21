"""Where outbound calls may go: pure rules over addresses, resolved or written as literals.

A name is for the caller to resolve: every address it resolves to is asked for here, and the call then goes
to an address that was let through, never to a second look-up of the name.
"""

import re
from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

import msgspec

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


class EgressMode(StrEnum):
    """`dev` opens loopback and private addresses; `server` opens public ones only."""

    DEV = "dev"
    SERVER = "server"


class EgressPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`allow` opens what the mode would refuse."""

    mode: EgressMode
    allow: tuple[Network, ...] = ()


METADATA: Final = tuple(
    ip_network(text)
    for text in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
    )
)
"""Link-local, and where clouds keep the credentials of the machine: never what a workflow means to call."""
UNROUTABLE: Final = tuple(ip_network(text) for text in ("0.0.0.0/8", "255.255.255.255/32", "::/128"))
NOT_PUBLIC: Final = tuple(
    ip_network(text) for text in ("100.64.0.0/10", "192.88.99.0/24", "fec0::/10", "::/8", "64:ff9b:1::/48")
)
"""Not for the public internet, whatever the version of the standard library says of them."""
NAT64: Final = IPv6Network("64:ff9b::/96")
"""What a name server gives for a public IPv4 host to a network that has IPv6 only: it counts as that host."""
NAT64_LOCAL: Final = IPv6Network("64:ff9b:1::/48")
IPV4_COMPATIBLE: Final = IPv6Network("::/96")
IPV4_TRANSLATED: Final = IPv6Network("::ffff:0:0:0/96")
IPV4_MASK: Final = 0xFFFF_FFFF

IPV4_PART: Final = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
ENDS_IN_NUMBER: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)$")


def is_literal(host: str) -> bool:
    """Whether a host of a URL is an address in any written form rather than a name to be resolved."""
    bare = host.strip("[]").rstrip(".")
    return ":" in bare or ENDS_IN_NUMBER.search(bare) is not None


def parse_address(text: str) -> Address | None:
    """The address that `text` would make a system call: None if it is none.

    Reads what `inet_aton` reads too (`127.1`, `0x7f000001`, `0177.0.0.1`, `2130706433`), brackets, a zone
    id, and a trailing dot.
    """
    bare = text.strip("[]").rstrip(".")
    if ":" not in bare:
        return _parse_ipv4(bare)
    try:
        return ip_address(re.split("%", bare, maxsplit=1)[0])
    except ValueError:
        return None


def refusal(policy: EgressPolicy, address: str) -> str | None:
    """Why a call to `address` (resolved, or a literal as written) is refused; None lets it through.

    It says what kind of address it is, not which: to whom it is told may not know what a name resolves to.

    An address that carries another (IPv4-mapped, -compatible, translated, NAT64, 6to4, Teredo) is let
    through only if both are. What is no address at all is refused.
    """
    parsed = parse_address(address)
    if parsed is None:
        return "no address"
    for candidate in _addresses_of(parsed):
        if not _is_allowed(policy, candidate):
            reason = _reason(policy.mode, candidate)
            if reason is not None:
                return reason
    return None


def _parse_ipv4(text: str) -> IPv4Address | None:
    parts = text.split(".")
    if len(parts) > 4 or not all(IPV4_PART.fullmatch(part) for part in parts):
        return None
    try:
        *firsts, last = [_number(part) for part in parts]
    except ValueError:
        return None
    if any(first > 0xFF for first in firsts) or last >= 1 << 8 * (5 - len(parts)):
        return None
    value = last
    for index, first in enumerate(firsts):
        value |= first << 8 * (3 - index)
    return IPv4Address(value)


def _number(part: str) -> int:
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part[0] == "0" else 10)


def _addresses_of(address: Address) -> tuple[Address, ...]:
    """The address with every IPv4 address that a gateway or a kernel would turn it into."""
    if isinstance(address, IPv4Address):
        return (address,)
    low = IPv4Address(int(address) & IPV4_MASK)
    if address.ipv4_mapped is not None or address in NAT64:
        return (low,)
    if address in NAT64_LOCAL or address in IPV4_TRANSLATED:
        return (address, low)
    if address in IPV4_COMPATIBLE and int(address) > 1:
        return (address, low)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address.teredo is not None:
        return (address, *address.teredo)
    return (address,)


def _is_allowed(policy: EgressPolicy, address: Address) -> bool:
    return any(address in network for network in policy.allow)


def _reason(mode: EgressMode, address: Address) -> str | None:
    if any(address in network for network in METADATA):
        return "link-local or a metadata service"
    if address.is_multicast:
        return "multicast"
    if any(address in network for network in UNROUTABLE):
        return "unspecified"
    if mode is EgressMode.DEV:
        return None
    if address.is_loopback:
        return "loopback"
    if not _is_public(address):
        return "private or reserved"
    return None


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_reserved
        and not any(address in network for network in NOT_PUBLIC)
    )
