"""`tintype verify`."""

from contextlib import ExitStack
from pathlib import Path

import click

from tintype_cli.catalogue import CATALOGUE_NAME, CatalogueError
from tintype_cli.export.report import format_bytes
from tintype_cli.options import explained, library_options, open_library
from tintype_cli.progress import ProgressBars
from tintype_cli.verify.findings import Findings
from tintype_cli.verify.run import Verification


@click.command("verify")
@click.option(
    "--to", "--from", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True,
    help="Folder of the export.",
)  # fmt: skip
@library_options(required=False)
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="File for all differences.")
def verify_command(folder: Path, url: str | None, key: str | None, report: Path | None) -> None:
    """Compare an export with its files by checksums, and with a library field by field.

    The library may be the one that was exported or one that the export was imported into; photos are the same if
    they have the same id, else the same SHA-256. Without --url, only the files are compared. The exit code is 1 if
    there are differences.
    """
    if bool(url) != bool(key):
        raise click.UsageError("--url and --key go together.")
    with ExitStack() as stack:
        stack.enter_context(explained(folder))
        client = stack.enter_context(open_library(url, key)) if url and key else None
        file = stack.enter_context(report.open("w", encoding="utf-8")) if report else None
        progress = stack.enter_context(ProgressBars())
        progress.begin("Comparing", None)
        findings = Findings(file)
        verification = Verification(folder, findings, progress)
        try:
            verification.run(client)
        except CatalogueError as error:
            raise click.ClickException(f"{folder / CATALOGUE_NAME}: {error}") from error
    _print(verification, findings, with_library=client is not None)
    if findings.differences:
        raise SystemExit(1)


def _print(verification: Verification, findings: Findings, *, with_library: bool) -> None:
    for text in findings.first:
        click.echo(text)
    if findings.not_printed:
        click.echo(f"and {findings.not_printed:,} more; --report FILE has all of them")
    what = "files and library" if with_library else "files"
    click.echo(f"{verification.photos:,} photos ({format_bytes(verification.bytes)}) compared with {what}.")
    click.echo(f"{findings.differences:,} differences." if findings.differences else "No differences.")
