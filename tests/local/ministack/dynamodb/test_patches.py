"""What needs MiniStack's own environment runs there, as a program."""

from pathlib import Path

import pytest

from tests.support.cloud_environment import run_in_cloud_environment

pytestmark = pytest.mark.cloud


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in (1, 2))])
def test_stored_tables_answer_like_tables_in_memory(seed: int, tmp_path: Path) -> None:
    run_in_cloud_environment(f"{__package__}.random_requests", str(seed), "400", str(tmp_path))


@pytest.mark.parametrize("name", ["full_disk", "snapshot", "expiry_thread", "expired_tokens"])
def test_scenario(name: str, tmp_path: Path) -> None:
    run_in_cloud_environment(f"{__package__}.scenarios", name, str(tmp_path))
