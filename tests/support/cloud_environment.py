"""Runs programs in MiniStack's own environment."""

import subprocess

from local.data_dir import PROJECT


def run_in_cloud_environment(module: str, *arguments: str) -> None:
    """Run a module; its output is printed if it fails."""
    python = PROJECT / ".venv-cloud" / "bin" / "python"
    command = [str(python), "-m", module, *arguments]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-5000:]
