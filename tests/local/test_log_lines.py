import sys
from io import StringIO

import pytest

from local.log_lines import log_line


class FullDisk(StringIO):
    """A log that can't grow."""

    def flush(self) -> None:
        """Raise the error of a full disk."""
        raise OSError(28, "No space left on device")


def test_line_that_does_not_fit_on_the_disk_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())
    log_line("a request failed")


def test_line_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    log_line("a request failed")
    assert capsys.readouterr().out == "a request failed\n"
