import json
from pathlib import Path
from typing import Any

import pytest

from local.ministack.snapshots import ChangeTracker, Snapshots


def write(directory: Path, service: str, state: Any) -> None:
    if state == "unwritable":
        raise OSError(service)
    (directory / f"{service}.json").write_text(json.dumps(state))


def read(directory: Path | None) -> dict[str, Any]:
    assert directory is not None
    return {path.stem: json.loads(path.read_text()) for path in directory.iterdir()}


def test_latest_is_last_saved(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    assert snapshots.latest() is None
    for number in range(12):
        snapshots.save({"s3": number}, write)
    assert read(snapshots.latest()) == {"s3": 11}


def test_failed_save_keeps_previous_snapshot(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.save({"s3": 1, "sqs": 1}, write)
    with pytest.raises(OSError, match="sqs"):
        snapshots.save({"s3": 2, "sqs": "unwritable"}, write)
    assert read(Snapshots(tmp_path).latest()) == {"s3": 1, "sqs": 1}
    snapshots.save({"s3": 3, "sqs": 3}, write)
    assert read(Snapshots(tmp_path).latest()) == {"s3": 3, "sqs": 3}


def test_old_snapshots_are_deleted(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    for number in range(5):
        snapshots.save({"s3": number}, write)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["00000004", "00000005"]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_no_unsaved_tracker_at_start() -> None:
    assert not ChangeTracker(2, Clock()).has_unsaved()


def test_change_is_saved_once() -> None:
    clock = Clock()
    tracker = ChangeTracker(2, clock)
    tracker.record_change()
    assert tracker.is_save_due()
    clock.now = 105
    tracker.record_save(started_at=105)
    clock.now = 200
    assert not tracker.is_save_due()


def test_change_shortly_before_save_is_saved_again() -> None:
    clock = Clock()
    tracker = ChangeTracker(2, clock)
    tracker.record_change()
    tracker.record_save(started_at=100.5)  # an event sent at 100 may reach its queue at 101
    assert tracker.has_unsaved()
    assert not tracker.is_save_due()
    clock.now = 102.5
    assert tracker.is_save_due()


def test_slow_saves_are_less_frequent() -> None:
    clock = Clock()
    tracker = ChangeTracker(2, clock)
    clock.now = 103
    tracker.record_save(started_at=100)
    tracker.record_change()
    clock.now = 150
    assert not tracker.is_save_due()
    clock.now = 160
    assert tracker.is_save_due()
