"""Values are frozen and are built by name; a struct inherits neither, so each is looked at."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import msgspec
import pytest

import treadle
from tests.tidy.sources import report


def every_struct() -> tuple[type[msgspec.Struct], ...]:
    """Those of every module of the package; importing them all is the only way to find them all."""
    for module in pkgutil.walk_packages(treadle.__path__, "treadle.", onerror=fail_to_import):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    ours = {struct for struct in subclasses(msgspec.Struct) if struct.__module__.startswith("treadle.")}
    return tuple(sorted(ours, key=name_of))


def fail_to_import(name: str) -> None:
    raise ImportError(f"{name} cannot be imported")


def subclasses(parent: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def name_of(struct: type) -> str:
    return f"{struct.__module__}.{struct.__qualname__}"


@pytest.fixture(scope="module")
def structs() -> tuple[type[msgspec.Struct], ...]:
    found = every_struct()
    assert len(found) > 100, "the structs of the package were not found"
    return found


def test_every_struct_is_frozen(structs: tuple[type[msgspec.Struct], ...]) -> None:
    thawed = [name_of(struct) for struct in structs if not struct.__struct_config__.frozen]
    assert not thawed, report(thawed)


def test_every_field_of_a_struct_is_given_by_name(structs: tuple[type[msgspec.Struct], ...]) -> None:
    positional = [
        f"{name_of(struct)}: {name}"
        for struct in structs
        for name, parameter in inspect.signature(struct).parameters.items()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    assert not positional, report(positional)
