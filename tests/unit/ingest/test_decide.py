from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ingest.decisions import Action, decide
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.originals import Original
from chalicelib.library.photo import Photo, State
from tests.support.factories import NOON, photo

OBJECT = Original("k", "v1", 10, NOON, {})


UPLOAD = replace(OBJECT, key=photo().key)


@pytest.mark.parametrize(
    ("record", "original", "step"),
    [
        (None, None, Action.IGNORE),
        (photo(state=State.UPLOADING), None, Action.IGNORE),
        (photo(), None, Action.REMOVE),
        (photo(state=State.REMOVED), None, Action.REMOVE),
        (None, OBJECT, Action.PROCESS),
        (None, replace(OBJECT, key="._IMG.jpg"), Action.IGNORE),
        (photo(object_version="v0"), replace(OBJECT, key="._IMG.jpg"), Action.PROCESS),
        (None, UPLOAD, Action.RECOVER),
        (photo(state=State.REMOVED, expires_at=NOON), None, Action.IGNORE),
        (photo(state=State.REMOVED, expires_at=NOON), UPLOAD, Action.PROCESS),
        (photo(state=State.ERASED, expires_at=NOON), None, Action.IGNORE),
        (photo(state=State.ERASED, expires_at=NOON), UPLOAD, Action.DISCARD),
        (photo(state=State.UPLOADING), UPLOAD, Action.PROCESS),
        (photo(object_version="v0"), UPLOAD, Action.PROCESS),
        (photo(state=State.UPLOADING), OBJECT, Action.PROCESS),
        (photo(object_version="v1"), OBJECT, Action.NOOP),
        (photo(object_version="v1", labels_pending=True), OBJECT, Action.LABEL),
        (photo(object_version="v0", labels_pending=True), OBJECT, Action.PROCESS),
        (photo(object_version="v1", labels_pending=True, state=State.DUPLICATE), OBJECT, Action.NOOP),
        (photo(object_version="v1", labels_pending=True, state=State.TRASHED), OBJECT, Action.NOOP),
        (photo(object_version="v1", state=State.REJECTED), OBJECT, Action.NOOP),
        (photo(object_version="v1", state=State.DUPLICATE), OBJECT, Action.NOOP),
        (photo(object_version="v0"), OBJECT, Action.PROCESS),
        (photo(object_version="v1", state=State.REMOVED), OBJECT, Action.PROCESS),
        (photo(object_version="v1", state=State.TRASHED), OBJECT, Action.NOOP),
        (photo(object_version="v0", state=State.TRASHED), OBJECT, Action.PROCESS),
        (photo(object_version="v1", state=State.TRASHED), None, Action.REMOVE),
        (photo(object_version="v1", state=State.ERASED), OBJECT, Action.ERASE),
        (photo(object_version="v1", state=State.ERASED), None, Action.ERASE),
    ],
)
def test_decide(record: Photo | None, original: Original | None, step: Action) -> None:
    assert decide(record, original, now=NOON, worker="me") is step


@pytest.mark.parametrize(
    ("overrides", "step"),
    [
        ({"worker": "another", "due_at": NOON + LEASE_DURATION}, Action.NOOP),
        ({"worker": "another", "due_at": NOON + LEASE_DURATION, "object_version": "v0"}, Action.SIGNAL_HOLDER),
        ({"worker": "another", "due_at": NOON}, Action.PROCESS),
        # The clock was set back by an hour after the lease.
        ({"worker": "another", "due_at": NOON + LEASE_DURATION + timedelta(hours=1)}, Action.PROCESS),
        ({"worker": "me", "due_at": NOON + LEASE_DURATION}, Action.PROCESS),
        ({"worker": None, "due_at": NOON}, Action.PROCESS),
        ({"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.TRASHED}, Action.NOOP),
        (
            {"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.TRASHED, "object_version": "v0"},
            Action.SIGNAL_HOLDER,
        ),
        ({"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.ERASED}, Action.NOOP),
        (
            {"worker": "another", "due_at": NOON + LEASE_DURATION, "state": State.ERASED, "object_version": "v0"},
            Action.SIGNAL_HOLDER,
        ),
        ({"worker": "another", "due_at": NOON, "state": State.TRASHED}, Action.RELEASE_TRASHED),
        ({"worker": "me", "due_at": NOON + LEASE_DURATION, "state": State.TRASHED}, Action.RELEASE_TRASHED),
        ({"worker": "me", "due_at": NOON + LEASE_DURATION, "state": State.ERASED}, Action.ERASE),
    ],
)
def test_decide_for_a_leased_photo(overrides: dict[str, Any], step: Action) -> None:
    record = photo(**({"state": State.PROCESSING, "object_version": "v1"} | overrides))
    assert decide(record, OBJECT, now=NOON, worker="me") is step
