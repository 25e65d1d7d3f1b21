"""The page of all commands: `python -m treadle.cli.reference` prints it."""

import inspect
from collections.abc import Iterator
from typing import Final

import click
import msgspec

from treadle.cli.commands.config import config
from treadle.cli.main import treadle
from treadle.cli.option import setting_default, variable_of
from treadle.config.settings import Settings, variable

PREFACE: Final = """# The command line

Every command and every option. This page is written from the commands themselves: `python -m
treadle.cli.reference` prints it, and `treadle COMMAND --help` says the same. How the commands for documents
are used is told by example in the [guide](../guide/command-line.md).

## Exit codes

| Code | Means |
|---|---|
| 0 | done |
| 1 | the thing itself failed: a faulty document, a damaged store, an execution that did not complete |
| 2 | wrong usage: an unknown command, option or setting, a value that is none, a file that is not there |
| 3 | the server or the store cannot be reached, or what answers is no Treadle server |
| 4 | the server said no: its words, the code, and the places in the request are on the standard error |
| 130 | interrupted (Ctrl-C); what was asked for goes on |

## Options and the environment

Every option is also `TREADLE_<OPTION>` in the environment: `--api-key` is `TREADLE_API_KEY`. The option
goes first. Of an option that may repeat, the variable holds several values with blanks between them. A
variable that begins with `TREADLE_` and that nothing reads is refused with the nearest known name, as are
unknown commands and options; `TREADLE_SECRET_<NAME>` belongs to you. `treadle config` shows every setting,
its value and where it came from.

## Answers

Answers go to the standard output, everything else to the standard error. Without `--output json` they are
tables for people, whose form may change. With it they are what the server answered, unchanged. `executions
watch` then prints the JSON of each event on a line of its own, and a list with `--all` each page.

A list ends after `--limit` items and says on the standard error how it goes on: with `--cursor`, for a
history with `--after`. In JSON that is the field `next`. `--all` asks for page after page.

## When the server is away

A command that asks once does not try again: it ends with 3 if the server cannot be reached and with 4 if it
refuses because too much is waiting; a refusal says whether nothing was accepted and when to come back.
`run` and `executions signal` send an `Idempotency-Key`. If the connection breaks before the answer they
tell that key, and the same command with `--idempotency-key` finds out whether it was done, and does it if
not.

`executions bulk` sends none: after such a break `executions bulk-acts` shows whether it was begun.

`run --wait`, `executions bulk --wait` and `executions watch` stay while a server is started anew. They try
again for `--reconnect` seconds, say so on the standard error, and go on after the last event that they saw:
none is told twice or left out. What could not be reached at the beginning is not waited for.

## Completion

Commands, options, their values and files are completed by the shell:

| Shell | Once, in its startup file |
|---|---|
| bash | `eval "$(_TREADLE_COMPLETE=bash_source treadle)"` in `~/.bashrc` |
| zsh | `eval "$(_TREADLE_COMPLETE=zsh_source treadle)"` in `~/.zshrc` |
| fish | `_TREADLE_COMPLETE=fish_source treadle \\| source` in `~/.config/fish/completions/treadle.fish` |

## Commands
"""
SETTINGS: Final = """
## Settings without an option

What `treadle dev` and `treadle server` take from the environment alone.

| In the environment | Default |
|---|---|"""


def reference() -> str:
    """The page, in Markdown."""
    context = click.Context(treadle, info_name="treadle")
    return PREFACE + "".join(_commands(treadle, context)) + "\n".join(_settings()) + "\n"


def _settings() -> Iterator[str]:
    """What is set in the environment alone."""
    yield SETTINGS
    named = {option.name for option in config.params}
    for field in msgspec.structs.fields(Settings):
        if field.name not in named:
            default = setting_default(field.name)
            yield f"| `{variable(field.name)}` | {'' if default is None else f'`{default}`'} |"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        within = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, within)
        else:
            yield "\n".join(_section(command, within)) + "\n"


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n### {context.command_path}\n"
    arguments = (one.make_metavar(context) for one in command.params if isinstance(one, click.Argument))
    yield f"`{' '.join((context.command_path, *arguments))}`\n"
    yield inspect.cleandoc(command.help or "")
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if options:
        yield "\n| Option | In the environment | Default | |\n|---|---|---|---|"
        yield from (_row(option, context) for option in options)


def _row(option: click.Option, context: click.Context) -> str:
    extra = option.get_help_extra(context)
    written = ", ".join(option.opts)
    if not option.is_flag:
        written += f" {option.make_metavar(context)}"
    default = f"`{extra['default']}`" if "default" in extra else ""
    said = [option.help or ""]
    if "range" in extra:
        said.append(f"`{extra['range']}`")
    cells = (
        f"`{written}`",
        f"`{variable_of(option.opts)}`",
        default or extra.get("required", ""),
        " ".join(said),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
