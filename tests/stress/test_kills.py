"""A library that is killed fifty times, at random moments, under load."""

import random
from pathlib import Path

import pytest

from tests.support.kills.process import LibraryProcess, free_ports
from tests.support.kills.rounds import Rounds

pytestmark = [pytest.mark.cloud, pytest.mark.proof]
KILLS = 50
PENDING_SECONDS = 240.0


def test_fifty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    rng = random.Random(seed)
    library = LibraryProcess(tmp_path / "data", free_ports())
    library.start()
    rounds = Rounds(library, rng)
    try:
        for _ in range(KILLS):
            rounds.run_and_kill(rng.uniform(0.1, 4), services_only=rng.random() < 0.5)
        losses, violations = rounds.find_losses(wait_seconds=PENDING_SECONDS), rounds.find_violations()
    finally:
        library.kill()
    acknowledged = f"seed {seed}: {rounds.ledger.acknowledged} changes, {len(rounds.ledger.photos)} photos"
    assert (losses, violations) == ([], []), acknowledged
    assert rounds.ledger.acknowledged > KILLS
