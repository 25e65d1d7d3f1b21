"""`treadle` in this process, for commands that need no server."""

from click.testing import CliRunner, Result

from treadle.cli.main import treadle


def told(*arguments: str, stdin: bytes | str = b"", is_colourful: bool = False) -> Result:
    """What a command printed, and its exit code; only an exit is caught."""
    return CliRunner().invoke(treadle, arguments, input=stdin, color=is_colourful, catch_exceptions=False)
