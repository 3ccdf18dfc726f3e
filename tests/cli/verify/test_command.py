"""`tintype verify`: output and exit codes."""

from pathlib import Path

from click.testing import CliRunner

from tests.cli.fake_library import full_library
from tintype_cli.commands import main
from tintype_cli.export.destination import prepare
from tintype_cli.export.run import Export
from tintype_cli.verify.findings import MAX_PRINTED, Findings


def run(*arguments: str | Path) -> tuple[int, list[str]]:
    runner = CliRunner(env={"TINTYPE_URL": None, "TINTYPE_KEY": None})
    result = runner.invoke(main, ["verify", *map(str, arguments)])
    return result.exit_code, result.output.splitlines()


def test_exit_code_tells_whether_there_are_differences(tmp_path: Path) -> None:
    root, report = tmp_path / "export", tmp_path / "report.txt"
    Export(full_library().client(), root, 2, "0.1.0").run()
    assert run("--to", root) == (0, ["7 photos (14 bytes) compared with files.", "No differences."])
    (root / "originals" / "2019" / "07" / "p4.jpg").unlink()
    code, output = run("--from", root, "--report", report)
    assert (code, output[0], output[-1]) == (
        1,
        "originals/2019/07/p4.jpg: The original is missing.",
        "1 differences.",
    )
    assert report.read_text().splitlines() == output[:1]


def test_folder_without_catalogue_is_explained(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.jsonl"
    code, output = run("--to", tmp_path)
    assert (code, output) == (
        1,
        [f"Error: {catalogue}: There is no such file, so this is not the folder of an export."],
    )
    (tmp_path / "catalogue.jsonl").write_text("{}\n")
    code, output = run("--to", tmp_path)
    assert code == 1
    assert output[0].endswith("The file is not a catalogue of Tintype: its first line does not say so.")


def test_export_that_did_not_finish_is_named(tmp_path: Path) -> None:
    prepare(tmp_path, allows_other_files=False)
    code, output = run("--to", tmp_path)
    reason = "The file is missing: the last export into this folder did not finish. Run the export again."
    assert (code, output) == (1, [f"Error: {tmp_path / 'catalogue.jsonl'}: {reason}"])
    Export(full_library().client(), tmp_path, 2, "0.1.0").run()
    prepare(tmp_path, allows_other_files=False)
    code, output = run("--to", tmp_path)
    assert (code, output[-1]) == (0, "No differences.")
    assert "the last export into this folder did not finish. Run the export again." in output[0]


def test_address_without_key_is_refused(tmp_path: Path) -> None:
    code, output = run("--to", tmp_path, "--url", "https://photos.test")
    assert (code, output[-1]) == (2, "Error: --url and --key go together.")


def test_only_the_first_findings_are_printed() -> None:
    findings = Findings()
    for number in range(MAX_PRINTED + 5):
        findings.add(f"{number}.jpg", "It is missing.")
    assert (len(findings.first), findings.not_printed, findings.differences) == (MAX_PRINTED, 5, MAX_PRINTED + 5)
