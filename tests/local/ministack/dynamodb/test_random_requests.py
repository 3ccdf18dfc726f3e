import subprocess
from pathlib import Path

import pytest

from local.data_dir import PROJECT

pytestmark = pytest.mark.cloud


@pytest.mark.parametrize("seed", range(3))
def test_stored_tables_answer_like_tables_in_memory(seed: int, tmp_path: Path) -> None:
    python = PROJECT / ".venv-cloud" / "bin" / "python"
    command = [str(python), "-m", "tests.local.ministack.dynamodb.random_requests", str(seed), "400", str(tmp_path)]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-5000:]
