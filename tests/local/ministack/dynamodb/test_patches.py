"""What needs MiniStack's own environment runs there, as a program."""

import subprocess
from pathlib import Path

import pytest

from local.data_dir import PROJECT

pytestmark = pytest.mark.cloud


def run(module: str, *arguments: str) -> None:
    """Run a module of this package; its output is printed if it fails."""
    python = PROJECT / ".venv-cloud" / "bin" / "python"
    command = [str(python), "-m", f"{__package__}.{module}", *arguments]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-5000:]


@pytest.mark.parametrize("seed", range(3))
def test_stored_tables_answer_like_tables_in_memory(seed: int, tmp_path: Path) -> None:
    run("random_requests", str(seed), "400", str(tmp_path))


@pytest.mark.parametrize("name", ["full_disk", "snapshot", "expiry_thread", "expired_tokens"])
def test_scenario(name: str, tmp_path: Path) -> None:
    run("scenarios", name, str(tmp_path))
