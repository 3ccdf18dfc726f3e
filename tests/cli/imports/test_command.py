"""`tintype import`: arguments, messages and exit codes."""

from pathlib import Path

from click.testing import CliRunner

from tests.cli.sources.test_export import photo, write
from tintype_cli.commands import main
from tintype_cli.imports.command import default_state_file


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["import", *arguments], env=environment)
    return result.exit_code, result.output


def test_dry_run_says_what_there_is_without_a_library(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.jpg").write_bytes(b"12345")
    (tmp_path / "source" / "b.txt").write_bytes(b"text")
    report = tmp_path / "report.csv"
    code, output = run("--from", str(tmp_path / "source"), "--dry-run", "--report", str(report))
    assert (code, output.splitlines()) == (
        0,
        [
            "Looking through a folder…",
            "1 photos of 5 bytes, 0 albums.",
            "1 not imported:",
            "  This is not a photo of a format that Tintype knows. (b.txt)",
        ],
    )
    assert "b.txt,skipped" in report.read_text()


def test_export_is_recognized(tmp_path: Path) -> None:
    write(tmp_path, photo("p1"))
    assert "Looking through an export of a Tintype library…" in run("--from", str(tmp_path), "--dry-run")[1]


def test_address_and_key_are_needed(tmp_path: Path) -> None:
    code, output = run("--from", str(tmp_path), TINTYPE_URL="https://photos.test")
    assert (code, "TINTYPE_URL and TINTYPE_KEY" in output) == (2, True)


def test_import_begins_only_after_a_yes(tmp_path: Path) -> None:
    code, output = run("--from", str(tmp_path), TINTYPE_URL="https://photos.test", TINTYPE_KEY="tt_key")
    assert (code, "Import into https://photos.test? [y/N]:" in output) == (1, True)


def test_what_is_no_export_is_explained(tmp_path: Path) -> None:
    (tmp_path / "catalogue.jsonl").write_text("{}\n")
    code, output = run("--from", str(tmp_path), "--dry-run")
    assert (code, output.splitlines()[-1]) == (
        1,
        "Error: The file is not a catalogue of Tintype: its first line does not say so.",
    )


def test_library_that_does_not_answer_is_explained(tmp_path: Path) -> None:
    code, output = run("--from", str(tmp_path), "--yes", TINTYPE_URL="photos.test", TINTYPE_KEY="tt_key")
    assert (code, output.splitlines()[-1]) == (
        1,
        "Error: photos.test is not an address such as https://example.org/api.",
    )


def test_state_belongs_to_one_source_and_one_owner(tmp_path: Path) -> None:
    files = {
        default_state_file(tmp_path, "owner"),
        default_state_file(tmp_path, "other"),
        default_state_file(tmp_path / "b", "owner"),
    }
    assert len(files) == 3
    assert default_state_file(tmp_path / "b" / "..", "owner") in files
    assert not any(file.is_relative_to(tmp_path) for file in files)
