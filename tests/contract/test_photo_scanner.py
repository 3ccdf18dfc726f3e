import json

from chalicelib.aws.dynamodb.items import to_wire
from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.maintenance.recount import RecountCheckpoint as Recounting
from chalicelib.maintenance.sources import Checkpoint
from tests.contract.conftest import Store
from tests.support.factories import NOON, photo


def test_scan_returns_every_photo_once(store: Store) -> None:
    stored = [
        store.photos.commit(None, photo(f"p{n}", state=state, sha256=f"{n:064}", user_tags=("sea",)))
        for n, state in enumerate(
            s for s in (*State, *State) if s is not State.DUPLICATE
        )  # which requires another photo
    ]
    scanned, after = list[Photo](), None
    while True:
        page = store.scanner.scan(after, 4)
        assert len(page.rows) <= 4
        scanned.extend(page.rows)
        if page.after is None:
            break
        after = page.after
    assert sorted(scanned, key=lambda p: int(p.photo_id[1:])) == stored


def test_scan_continues_after_a_deleted_record(store: Store) -> None:
    stored = {f"p{n}": store.photos.commit(None, photo(f"p{n}")) for n in range(4)}
    first = store.scanner.scan(None, 2)
    for scanned in first.rows:
        store.photos.remove(scanned)
    rest = store.scanner.scan(first.after, 9)
    assert {p.photo_id for p in (*first.rows, *rest.rows)} == stored.keys()
    assert rest.after is None


def test_scan_of_an_empty_table_is_one_empty_page(store: Store) -> None:
    page = store.scanner.scan(None, 5)
    assert (list(page.rows), page.after) == ([], None)


def test_checkpoint_of_each_pass_is_stored(store: Store) -> None:
    assert store.scanner.load_checkpoint("originals") == Checkpoint()
    checkpoints = {
        "originals": Checkpoint(
            "naïve 🏖.jpg", PassProgress(7, 2, 3600.0), started_at=NOON, derivatives_at=NOON, revision=2
        ),
        "photos": Checkpoint(progress=PassProgress(paused_until=NOON), photos=3, missing=2),
    }
    store.totals.save_checkpoint(Recounting(done=("public", "sea")))
    for pass_name, checkpoint in checkpoints.items():
        store.scanner.save_checkpoint(pass_name, checkpoint)
    assert {pass_name: store.scanner.load_checkpoint(pass_name) for pass_name in checkpoints} == checkpoints
    assert store.totals.load_checkpoint() == Recounting(done=("public", "sea"))
    assert store.totals.next_trend(None) is None


def test_checkpoint_of_an_older_version_is_loaded(store: Store) -> None:
    if not isinstance(store.scanner, DynamoPhotoScanner):
        return
    checkpoint = {"after": "a.jpg", "progress": {"rows": 7, "paused_until": None}}
    item = {"scope": "!checkpoint", "tag": "originals", "checkpoint": json.dumps(checkpoint)}
    store.scanner.client.put_item(TableName=store.scanner.tables.trends, Item=to_wire(item))
    assert store.scanner.load_checkpoint("originals") == Checkpoint("a.jpg", PassProgress(7))
