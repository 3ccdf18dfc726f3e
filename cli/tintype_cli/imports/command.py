"""`tintype import`: its arguments, what it prints, and how it ends."""

import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import get_args

import click
from platformdirs import user_state_path

from tintype_cli.api.errors import LibraryError
from tintype_cli.imports.engine import ImportEngine, Options
from tintype_cli.imports.errors import ImportStoppedError
from tintype_cli.imports.library import ImportLibrary
from tintype_cli.imports.report import summarize, survey
from tintype_cli.imports.state import ImportState
from tintype_cli.options import library_options, may_pass, open_library
from tintype_cli.photos import Source, SourceError
from tintype_cli.progress import ProgressBars
from tintype_cli.sources.detect import KINDS, detect
from tintype_cli.sources.export import ExportSource
from tintype_cli.sources.folder import FolderUse

AUTO = "auto"
NOT_TWICE = "Run the same command again to continue: nothing is imported twice."


@click.command("import")
@click.option(
    "--from",
    "path",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="What to import: a folder, or a zip of Google Takeout.",
)
@click.option("--kind", type=click.Choice([AUTO, *KINDS]), default=AUTO, show_default=True, help="What it is.")
@library_options(required=False)
@click.option(
    "--ids",
    type=click.Choice(["same", "new"]),
    default="same",
    show_default=True,
    help="Whether photos of an export keep their ids. One that is taken is replaced and reported.",
)
@click.option(
    "--folders",
    type=click.Choice(get_args(FolderUse.__value__)),
    default="albums",
    show_default=True,
    help="What the folders of a plain folder become.",
)
@click.option("--dry-run", is_flag=True, help="Only look what there is to import.")
@click.option("--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="Files sent at once.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="A table of all files (CSV).")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="What has been done so far (SQLite).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_command(
    path: Path,
    kind: str,
    url: str | None,
    key: str | None,
    ids: str,
    folders: FolderUse,
    dry_run: bool,
    jobs: int,
    report: Path | None,
    state: Path | None,
    yes: bool,
) -> None:
    """Import photos with what is known of them; run again after an interruption."""
    try:
        found = detect(path) if kind == AUTO else KINDS[kind]
        source = found.open(path, folders)
        click.echo(f"Looking through {found.name}…")
        survey_found = survey(source, report if dry_run else None)
        _print(survey_found.lines())
        if dry_run:
            return
        if not url or not key:
            raise click.UsageError("Give the library's address and an API key: TINTYPE_URL and TINTYPE_KEY.")
        if not yes:
            click.confirm(f"Import into {url}?", abort=True)
        options = Options(same_ids=ids == "same", jobs=jobs)
        is_complete = _import(source, path, url, key, options, state, report, survey_found.photos)
    except (LibraryError, SourceError, ImportStoppedError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if not is_complete:
        sys.exit(1)


def _import(
    source: Source,
    path: Path,
    url: str,
    key: str,
    options: Options,
    state_file: Path | None,
    report: Path | None,
    photos: int,
) -> bool:
    """Import, and report also if it stops; returns whether all photos are in."""
    with open_library(url, key) as client:
        library = ImportLibrary(client)
        file = state_file or default_state_file(path, library.owner())
        report = report or file.with_suffix(".csv")
        with ImportState(file) as state:
            try:
                with ProgressBars() as progress:
                    ImportEngine(source, library, state, progress, options).run(photos)
            except (LibraryError, ImportStoppedError, KeyboardInterrupt) as error:
                summarize(state, report)
                reason = "Stopped." if isinstance(error, KeyboardInterrupt) else str(error)
                again = f"{NOT_TWICE} " if may_pass(error) else ""
                raise click.ClickException(f"{reason}\n{again}The report is in {report}.") from error
            summary = summarize(state, report, may_reject=isinstance(source, ExportSource))
            _print(summary.lines())
            click.echo(f"The report is in {report}.")
            return summary.is_complete


def default_state_file(path: Path, owner: str) -> Path:
    """The file with the state of imports of a source into the library of an owner."""
    name = sha256(f"{path.resolve()}\n{owner}".encode(errors="surrogateescape")).hexdigest()[:32]
    return user_state_path("tintype", appauthor=False) / "imports" / f"{name}.sqlite"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
