"""Finding the handlers and workflows that `--app module:registry` or `--app module:app` names."""

import importlib
import sys
from pathlib import Path

from treadle.worker.registry import Registry
from treadle.workflow.app import App
from treadle.workflow.errors import WorkflowError


class AppError(Exception):
    """`--app` names nothing that can be used; the text says why."""


def load_app(app: str | None) -> App:
    """The registry or the app of that name, one without handlers for None.

    Modules are found in the working directory too. Its workflows are built.

    Raises:
        AppError: the module cannot be imported, has no such registry or app, or a workflow in it is wrong.
    """
    if app is None:
        return App(registry=Registry())
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
    return _built(_app_of(module_name, attribute, getattr(module, attribute, None)))


def _built(app: App) -> App:
    try:
        for workflow in app.workflows:
            workflow.build()
    except WorkflowError as error:
        raise AppError(f"--app: {error.message}") from error
    return app


def _missing(module_name: str, error: ModuleNotFoundError) -> str:
    if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
        return f"--app: there is no module {error.name!r} in {Path.cwd()} or in what is installed"
    return f"--app: {module_name} imports {error.name!r}, which is not there"


def _app_of(module_name: str, attribute: str, found: object) -> App:
    if found is None:
        raise AppError(f"--app: {module_name} has no {attribute!r}")
    if isinstance(found, App):
        return found
    if not isinstance(found, Registry):
        kind = type(found).__name__
        raise AppError(
            f"--app: {module_name}:{attribute} is a {kind}, not a treadle.worker.registry.Registry "
            "or a treadle.workflow.app.App"
        )
    return App(registry=found)
