"""`tintype export`: arguments and exit codes; tests/e2e exports a running library."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tintype_cli.commands import main


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"TINTYPE_URL": None, "TINTYPE_KEY": None}).invoke(main, ["export", *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize("missing", ["--to", "--url", "--key"])
def test_missing_option_is_named(missing: str, tmp_path: Path) -> None:
    options = {"--to": str(tmp_path), "--url": "https://photos.test", "--key": "tt_key"}
    code, output = run(*(text for pair in options.items() if pair[0] != missing for text in pair))
    assert code == 2
    assert f"Missing option '{missing}'" in output


def test_invalid_address_is_named(tmp_path: Path) -> None:
    code, output = run("--to", str(tmp_path), "--url", "photos.test", "--key", "tt_key")
    assert (code, output.splitlines()[0]) == (
        1,
        "Error: photos.test is not an address such as https://example.org/api.",
    )


def test_empty_folder_is_refused() -> None:
    code, output = run("--to", "", "--url", "https://photos.test", "--key", "tt_key")
    assert code == 2
    assert "the name of the folder is empty" in output
