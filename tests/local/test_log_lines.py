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


def test_line_is_written_at_once_so_that_threads_do_not_mix_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(sys.stdout, "write", written.append)
    log_line("a request failed")
    assert written == ["a request failed\n"]
