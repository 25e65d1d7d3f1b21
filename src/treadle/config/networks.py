"""Networks, as people write them."""

from ipaddress import IPv4Network, IPv6Network, ip_network


def parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of `CIDR,CIDR,...`.

    Raises:
        ValueError: one of them is no network; the message names it.
    """
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
