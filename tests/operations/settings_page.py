"""The page of all settings, from `Settings`: `python -m tests.operations.settings_page` writes it anew."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import msgspec

from treadle.cli.commands.dev import dev
from treadle.cli.commands.server import server
from treadle.config.settings import Settings, variable

PAGE: Final = Path(__file__).parents[2] / "docs" / "operations" / "settings.md"
HEAD: Final = """# Settings

What `treadle dev` and `treadle server` are run with. A setting is an option of the command line, else a
variable of the environment, else it has its default; those without an option are set in the environment. A
value that does not fit, or a variable that begins with `TREADLE_` and that nothing reads, is refused before
anything is done. `treadle config` shows what holds and who said so. This page is written from the settings
themselves.

| In the environment | Option | Default | Values | Meaning |
|---|---|---|---|---|
"""
TAIL: Final = """
Two more things are read from the environment:

- `TREADLE_SECRET_<NAME>` is what `secrets.<name>` stands for in requests of the namespace `default`; what
  cannot stand in the name of a variable is `_` there. The file of `TREADLE_SECRETS` goes before it.
- The options of commands that talk to a server, such as `TREADLE_URL` and `TREADLE_API_KEY`: see
  [The command line](../reference/command-line.md).

A server reads its settings once, when it starts, but for the file of secrets, which it reads again when it is
sent SIGHUP. One without such a file ends in order on SIGHUP, as on SIGTERM.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(rows()) + TAIL


def rows() -> Iterator[str]:
    told, options = meanings(), options_of(dev) | options_of(server)
    for field in msgspec.structs.fields(Settings):
        default = "" if field.default is None else f"`{field.default}`"
        option = f"`{options[field.name]}`" if field.name in options else ""
        cells = (f"`{variable(field.name)}`", option, default, values(field.type), told[field.name])
        yield f"| {' | '.join(cells)} |\n"


def meanings() -> Mapping[str, str]:
    """What stands below each field in the source."""
    [struct] = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(struct, ast.ClassDef)
    found = {}
    for field, told in zip(struct.body, struct.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            is_told = isinstance(told, ast.Expr) and isinstance(told.value, ast.Constant)
            found[field.target.id] = str(told.value.value) if is_told else ""
    return found


def options_of(command: click.Command) -> Mapping[str, str]:
    return {str(param.name): param.opts[0] for param in command.params if isinstance(param, click.Option)}


def values(kind: object) -> str:
    """What a field takes, in words."""
    match msgspec.inspect.type_info(kind):
        case msgspec.inspect.IntType(ge=least, le=None):
            return f"from {least:,}"
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"{least:,} to {most:,}"
        case msgspec.inspect.LiteralType(values=known):
            return ", ".join(f"`{one}`" for one in ("debug", "info", "warning", "error") if one in known)
    return "text"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
