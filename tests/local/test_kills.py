"""A library that is killed under load keeps what it acknowledged; tests/stress has the long form."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kills.process import LibraryProcess, free_ports
from tests.support.kills.rounds import Rounds

pytestmark = pytest.mark.cloud


@pytest.fixture
def library(tmp_path: Path) -> Iterator[LibraryProcess]:
    """A running library, killed at the end."""
    process = LibraryProcess(tmp_path / "data", free_ports())
    process.start()
    yield process
    process.kill()


def test_kills_lose_nothing_that_was_acknowledged(library: LibraryProcess) -> None:
    seed = random.randrange(1 << 32)
    rounds = Rounds(library, random.Random(seed))
    for services_only in (False, True):
        rounds.run_and_kill(seconds=1.5, services_only=services_only)
    assert rounds.ledger.acknowledged > 0
    # Events that a killed worker had received come back after their visibility timeout: the long form waits for them.
    assert rounds.find_losses() == [], f"seed {seed}"
    assert rounds.find_lost_events() == []
    assert rounds.find_violations() == []
