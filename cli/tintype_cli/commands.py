"""The command line: arguments and exit codes."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tintype-cli")
def main() -> None:
    """Export and import Tintype libraries."""
