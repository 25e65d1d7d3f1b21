"""`treadle verify`: check everything that is kept against itself."""

import asyncio

import click
import msgspec

from treadle.bootstrap.backends import open_for_audit
from treadle.cli.failures import Failure, Unreachable
from treadle.cli.option import option, output_option, setting_default
from treadle.cli.tables import shown
from treadle.config.store_url import StoreUrl, parse_store_url
from treadle.model.errors import Corrupt, Unavailable
from treadle.service.audit import Finding
from treadle.service.store_audit import StoreAudit


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what was found."""

    executions: int
    events: int
    findings: tuple[Finding, ...]


@click.command()
@option("--store", default=setting_default("store"), help="The store to check; a server may run on it.")
@output_option
def verify(store: str, output: str) -> None:
    """Check every execution: the chain of digests, and snapshot and list columns against the history.

    And every definition: its document against its digest.
    """
    try:
        url = parse_store_url(store)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--store") from error
    verdict = _verdict(url)
    if output == "json":
        click.echo(msgspec.json.encode(verdict))
    else:
        for finding in verdict.findings:
            click.echo(f"{_place(finding)} {finding.code}: {shown(finding.message)}")
        click.echo(
            f"{verdict.executions} executions, {verdict.events} events, {len(verdict.findings)} findings"
        )
    if verdict.findings:
        raise Failure("the store does not agree with itself")


def _place(finding: Finding) -> str:
    if finding.definition is not None:
        return shown(finding.definition)
    return f"{shown(finding.execution_id or '')} seq {finding.seq}"


def _verdict(url: StoreUrl) -> Verdict:
    try:
        return asyncio.run(_examine(url))
    except Unavailable as error:
        raise Unreachable(f"the store {url}: {error.message}") from error
    except Corrupt as error:
        raise Failure(f"the store {url}: {error.message}") from error


async def _examine(url: StoreUrl) -> Verdict:
    views = open_for_audit(url)
    audit = StoreAudit(views)
    try:
        findings = [finding async for finding in audit.findings()]
    finally:
        await views.close()
    return Verdict(executions=audit.executions, events=audit.events, findings=tuple(findings))
