"""The command line: arguments and exit codes."""

import click

from tintype_cli import __version__
from tintype_cli.export.command import export_command
from tintype_cli.imports.command import import_command
from tintype_cli.verify.command import verify_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Export and import Tintype libraries."""


main.add_command(export_command)
main.add_command(import_command)
main.add_command(verify_command)
