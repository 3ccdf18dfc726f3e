"""The command line."""

from click.testing import CliRunner

from tintype_cli.commands import main


def test_help_says_what_the_command_is_for() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert (result.exit_code, result.output.splitlines()[2].strip()) == (0, "Export and import Tintype libraries.")
