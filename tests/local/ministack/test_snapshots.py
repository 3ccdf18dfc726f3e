import json
from pathlib import Path
from typing import Any

import pytest

from local.ministack.snapshots import Changes, Snapshots


def write(directory: Path, service: str, state: Any) -> None:
    if state == "unwritable":
        raise OSError(service)
    (directory / f"{service}.json").write_text(json.dumps(state))


def read(directory: Path | None) -> dict[str, Any]:
    assert directory is not None
    return {path.stem: json.loads(path.read_text()) for path in directory.iterdir()}


def test_the_newest_generation_is_the_one_that_counts(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    assert snapshots.newest() is None
    for number in range(12):
        snapshots.save({"s3": number}, write)
    assert read(snapshots.newest()) == {"s3": 11}


def test_a_save_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.save({"s3": 1, "sqs": 1}, write)
    with pytest.raises(OSError, match="sqs"):
        snapshots.save({"s3": 2, "sqs": "unwritable"}, write)
    assert read(Snapshots(tmp_path).newest()) == {"s3": 1, "sqs": 1}
    snapshots.save({"s3": 3, "sqs": 3}, write)
    assert read(Snapshots(tmp_path).newest()) == {"s3": 3, "sqs": 3}


def test_old_generations_do_not_pile_up(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    for number in range(5):
        snapshots.save({"s3": number}, write)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["00000004", "00000005"]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_saved_before_anything_happens() -> None:
    assert not Changes(2, Clock()).pending()


def test_a_change_is_saved_and_then_left_alone() -> None:
    clock = Clock()
    changes = Changes(2, clock)
    changes.happened()
    assert changes.due()
    clock.now = 105
    changes.saved(began=105)
    clock.now = 200
    assert not changes.due()


def test_what_lands_just_after_a_save_began_is_saved_again() -> None:
    clock = Clock()
    changes = Changes(2, clock)
    changes.happened()
    changes.saved(began=100.5)  # an event set off at 100 may reach its queue at 101
    assert changes.pending()
    assert not changes.due()
    clock.now = 102.5
    assert changes.due()


def test_a_save_that_takes_long_happens_less_often() -> None:
    clock = Clock()
    changes = Changes(2, clock)
    clock.now = 103
    changes.saved(began=100)
    changes.happened()
    clock.now = 150
    assert not changes.due()
    clock.now = 160
    assert changes.due()
