"""Documents for commands that can do nothing with a faulty one."""

import click

from treadle.cli.documents import check_file
from treadle.cli.failures import Failure
from treadle.cli.fault_lines import fault_lines, spoken_file, verdict_line
from treadle.model.definition import Definition


def read_valid(file: str) -> Definition:
    """The definition in a file; its warnings are nobody's business here.

    Raises:
        Failure: it has faults, which are printed on the standard error.
        UsageError: there is no such file, or it may not be read.
    """
    checked = check_file(file)
    if checked.definition is None:
        for line in (*fault_lines(checked), verdict_line(checked)):
            click.echo(line, err=True)
        raise Failure(f"{spoken_file(file)} is not valid")
    return checked.definition
