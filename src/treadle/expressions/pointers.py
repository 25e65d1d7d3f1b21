"""JSON Pointers (RFC 6901)."""


def escaped(key: str | int) -> str:
    """One segment of a pointer."""
    text = str(key)
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text


def joined(pointer: str, *keys: str | int) -> str:
    """The pointer of what stands under `keys` from `pointer`."""
    for key in keys:
        pointer = f"{pointer}/{escaped(key)}"
    return pointer


def segments(pointer: str) -> list[str]:
    """The keys and indexes that a pointer leads through."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
