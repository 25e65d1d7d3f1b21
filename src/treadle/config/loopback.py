"""Whether an address is of this machine alone."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or a literal, can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def http_url(host: str, port: int) -> str:
    """The URL of a server there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
