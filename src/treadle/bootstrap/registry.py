"""Finding the handlers that `--app module:registry` names."""

import importlib
import sys
from pathlib import Path

from treadle.worker.registry import Registry


class AppError(Exception):
    """`--app` names nothing that can be used; the text says why."""


def load_registry(app: str | None) -> Registry:
    """The registry of that name, an empty one for None. Modules are found in the working directory too.

    Raises:
        AppError: the module cannot be imported, or has no such registry.
    """
    if app is None:
        return Registry()
    module_name, colon, attribute = app.partition(":")
    if not (module_name and colon and attribute.isidentifier()):
        raise AppError(f"--app is written `module:registry`, as `shop.handlers:registry`, not {app!r}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise AppError(_missing(module_name, error)) from error
    except Exception as error:  # the user's module: whatever it raises is theirs to see
        raise AppError(f"--app: importing {module_name} failed: {type(error).__name__}: {error}") from error
    return _registry_of(module_name, attribute, getattr(module, attribute, None))


def _missing(module_name: str, error: ModuleNotFoundError) -> str:
    if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
        return f"--app: there is no module {error.name!r} in {Path.cwd()} or in what is installed"
    return f"--app: {module_name} imports {error.name!r}, which is not there"


def _registry_of(module_name: str, attribute: str, found: object) -> Registry:
    if found is None:
        raise AppError(f"--app: {module_name} has no {attribute!r}")
    if not isinstance(found, Registry):
        kind = type(found).__name__
        raise AppError(
            f"--app: {module_name}:{attribute} is a {kind}, not a treadle.worker.registry.Registry"
        )
    return found
