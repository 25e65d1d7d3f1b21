"""Keywords that a call does not know are refused as Python refuses them."""

from collections.abc import Mapping


def only_known(call: str, given: Mapping[str, object], fields: type) -> None:
    """Refuse what is no key of `fields`, a TypedDict.

    Raises:
        TypeError: as Python words it for any function.
    """
    known = fields.__annotations__
    for name in given:
        if name not in known:
            raise TypeError(f"{call}() got an unexpected keyword argument {name!r}")
