import sys
from pathlib import Path

import pytest

from local import chromium
from local.errors import UserError


def test_find_returns_overridden_browser() -> None:
    assert chromium.find({"CHROMIUM": sys.executable}) == sys.executable


def test_find_rejects_override_that_is_not_executable() -> None:
    with pytest.raises(UserError, match="CHROMIUM=/nowhere/chromium is not an executable"):
        chromium.find({"CHROMIUM": "/nowhere/chromium"})


def test_find_prefers_the_headless_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):  # installed one after the other
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o700)
        assert chromium.find({}) == str(tmp_path / name)
