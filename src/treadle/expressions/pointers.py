"""JSON Pointers (RFC 6901)."""


def escaped(key: str | int) -> str:
    """One segment of a pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def joined(pointer: str, *keys: str | int) -> str:
    """The pointer of what stands under `keys` from `pointer`."""
    return "".join([pointer, *(f"/{escaped(key)}" for key in keys)])
