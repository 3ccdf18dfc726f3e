"""`tintype export`."""

from pathlib import Path

import click

from tintype_cli import __version__
from tintype_cli.export.listing import count_photos
from tintype_cli.export.run import Export
from tintype_cli.export.store import StoreError
from tintype_cli.options import CONTINUE, FolderToWrite, explained, library_options, open_library
from tintype_cli.progress import ProgressBars


@click.command("export")
@click.option("--to", "folder", type=FolderToWrite(), required=True, help="Folder.")
@library_options(required=True)
@click.option("--jobs", type=click.IntRange(1, 32), default=8, show_default=True, help="Downloads at once.")
@click.option("--delete", is_flag=True, help="Delete files of photos that the library no longer has.")
@click.option("--allow-other-files", is_flag=True, help="Export into a folder that has other files.")
def export_command(folder: Path, url: str, key: str, jobs: int, delete: bool, allow_other_files: bool) -> None:
    """Copy a library into a folder: originals, XMP sidecars and catalogue.jsonl.

    A second run copies what has changed. The key needs the permission read; with share, shared links and members of
    albums are in the catalogue too.
    """
    with explained(folder, again=CONTINUE), open_library(url, key) as client:
        total = count_photos(client)
        with ProgressBars() as progress:
            progress.begin("Exporting", total)
            export = Export(
                client,
                folder,
                jobs,
                __version__,
                is_deleting=delete,
                allows_other_files=allow_other_files,
                monitor=progress,
            )
            try:
                report = export.run()
            except StoreError as error:
                raise click.ClickException(str(error)) from error
    for line in report.lines():
        click.echo(line)
    if not report.is_complete:
        raise SystemExit(1)
