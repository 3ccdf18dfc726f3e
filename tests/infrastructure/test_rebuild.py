"""The calls of the schedule's function by `make rebuild`."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.handlers import REBUILD_SOURCE
from infrastructure.deploy import rebuild
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

WRITTEN_AT = "2026-11-28T00:00:00+00:00"


def slice_of(position: int, *unreadable: str, **counts: int) -> dict[str, Any]:
    """The report of a slice of a backup in three parts."""
    zero = dict.fromkeys(("restored", "unchanged", "without_original", "failed"), 0)
    return {
        "written_at": WRITTEN_AT,
        "position": position,
        "positions": 3,
        **zero,
        **counts,
        "unreadable": [*unreadable],
    }


class Session:
    """A session whose client of Lambda gives these answers; records the requests."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers, self.events = iter(answers), list[dict[str, Any]]()

    def client(self, service: str, **_: Any) -> "Session":
        assert service == "lambda"
        return self

    def invoke(self, *, Payload: str, **_: str) -> dict[str, Any]:  # noqa: N803
        self.events.append(json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(next(self.answers)).encode())}


def run(session: Session) -> list[str]:
    """Run the command; returns what it reports."""
    lines: list[str] = []
    rebuild.run(Target("prod", "1", "eu-central-1", "aws", session=session, builds_dir=Path("builds")), lines.append)
    return lines


def test_slices_are_requested_until_all_is_restored() -> None:
    session = Session(slice_of(1, restored=5), slice_of(1, restored=2, unchanged=5), slice_of(3, without_original=1))
    last = run(session)[-1].strip()
    assert last == (
        f"3 of 3 parts of the backup of {WRITTEN_AT}: 7 photos restored, 5 unchanged, 1 whose originals are gone"
    )
    assert {event["source"] for event in session.events} == {rebuild.EVENT_SOURCE} == {REBUILD_SOURCE}
    assert [event["detail"] for event in session.events] == [
        {"position": 0, "written_at": "", "skipped": False},
        {"position": 1, "written_at": WRITTEN_AT, "skipped": False},
        {"position": 1, "written_at": WRITTEN_AT, "skipped": False},
    ]


def test_photos_that_failed_end_the_command_with_a_sentence() -> None:
    with pytest.raises(UserError, match=r"^2 photos are busy or failed: run this command again in some minutes\.$"):
        run(Session(slice_of(2, failed=2), slice_of(3)))


def test_files_that_cannot_be_read_are_named_and_later_slices_know() -> None:
    session = Session(slice_of(2, "x is missing."), slice_of(3))
    with pytest.raises(UserError, match=r"^x is missing\. Put the files back"):
        run(session)
    assert [event["detail"]["skipped"] for event in session.events] == [False, True]


def test_missing_backup_ends_the_command_with_the_functions_sentence() -> None:
    with pytest.raises(UserError, match=r"^There is no backup in the originals bucket\.$"):
        run(Session({"error": "There is no backup in the originals bucket."}))
