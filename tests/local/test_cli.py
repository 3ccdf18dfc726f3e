import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from local import cli, library_command
from local.demo import bulk_upload, upload
from local.demo.photos import DemoPhoto
from local.errors import Interrupted, UserError
from local.ports import Ports


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that runs `make demo` while its upload raises an error."""

    def demo(error: BaseException, *options: str) -> None:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr(upload, "upload_demo_photos", fail)
        monkeypatch.setattr(bulk_upload, "fill_library", fail)
        monkeypatch.setattr(sys, "argv", ["local", "demo", *options])
        cli.main()

    return demo


@pytest.mark.parametrize("options", [[], ["--photos", "5"]])
@pytest.mark.parametrize(
    ("error", "line"), [(KeyboardInterrupt(), "Stopped."), (Interrupted("Stopped after 3."), "Stopped after 3.")]
)
def test_ctrl_c_ends_with_one_line_and_without_an_error(
    demo: Any, error: BaseException, line: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    demo(error, *options)
    assert capsys.readouterr().err == f"\n{line}\n"


def test_user_error_ends_with_its_line_and_an_error(demo: Any) -> None:
    with pytest.raises(SystemExit) as raised:
        demo(UserError("The disk is full."))
    assert raised.value.code == "The disk is full."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--port", "abc"], "PORT=abc is not possible: choose a port from 1024 to 65533"),
        (["--port", "70000"], "PORT=70000 is not possible: "),
        (["--port", "80"], "PORT=80 is not possible: "),
        (["--port", ""], "PORT= is not possible: "),
        (["--port", "9" * 5000], "Argument --port: invalid"),
        (["--port", "--x"], "Argument --port: expected one argument"),
        (["--data", ""], "DATA is empty: choose a folder"),
        (["--data", " "], "DATA is empty: choose a folder"),
        (["--data", "~nobody-of-this-name/x"], "DATA=~nobody-of-this-name/x is not possible: "),
        (["--photos", "x"], "N=x is not possible: choose a number of photos from 1 to 999,999."),
        (["--unknown"], "Unrecognized arguments: --unknown. Run `make`"),
    ],
)
def test_invalid_option_ends_with_one_line_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["local", "token", *options])
    with pytest.raises(SystemExit) as raised:
        cli.main()
    line = str(raised.value.code)
    assert line.startswith(message)
    assert "\n" not in line
    assert capsys.readouterr().err == ""


def test_arguments_of_tintype_follow_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[tuple[object, ...]] = []
    monkeypatch.setattr(library_command, "run_library_command", lambda *arguments: runs.append(arguments))
    options = ["--user", "second", "--port", "8100", "--data", "x"]
    monkeypatch.setattr(sys, "argv", ["local", "tintype", *options, "--", "import", "--from", "a b", "--yes"])
    cli.main()
    assert [run[2:] for run in runs] == [("second", ["import", "--from", "a b", "--yes"])]


def test_small_demo_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        def __init__(self, *_: object) -> None:
            self.uploaded = 0

        def upload(self, photo: DemoPhoto) -> str:
            if self.uploaded == 2:
                raise KeyboardInterrupt
            self.uploaded += 1
            return photo.filename

    monkeypatch.setattr(upload, "LibraryClient", Client)
    with pytest.raises(Interrupted, match=r"^Stopped after 2 of \d+ photos\.$"):
        upload.upload_demo_photos(
            Path(), Ports.from_api_port(8000), Random(1), datetime(2026, 11, 20, tzinfo=UTC), per_scene=1
        )
