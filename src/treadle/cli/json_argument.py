"""JSON that is written as an argument, or stands in a file that is named by `@`."""

from typing import Final

import click
import msgspec

from treadle.cli.documents import BYTES_MAX, read_bytes

METAVAR: Final = "JSON | @FILE"


def read_json(text: str, option: str) -> msgspec.Raw:
    """The JSON as it was written, `@-` being the standard input; what it means is for the server to say.

    Raises:
        UsageError: it is no JSON, it is too long, or the file cannot be read.
    """
    data = read_bytes(text[1:]) if text.startswith("@") else text.encode("utf-8", "replace")
    if len(data) > BYTES_MAX:
        raise click.UsageError(f"{option} has more than {BYTES_MAX:,} bytes")
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise click.UsageError(f"{option} is no JSON: {error}") from error
    return msgspec.Raw(data)
