from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.maintenance.reconciliation import Checkpoint
from chalicelib.maintenance.recount import RecountCheckpoint as Recounting
from tests.contract.conftest import Store
from tests.support.factories import NOON, photo


def test_every_photo_is_met_once_and_whole_and_nothing_but_photos(store: Store) -> None:
    stored = [
        store.catalogue.commit(None, photo(f"p{n}", state=state, sha256=f"{n:064}", user_tags=("sea",)))
        for n, state in enumerate(s for s in (*State, *State) if s is not State.DUPLICATE)  # that needs another first
    ]
    met, after = list[Photo](), None
    while True:
        page = store.register.scan(after, 4)
        assert len(page.rows) <= 4
        met.extend(page.rows)
        if page.after is None:
            break
        after = page.after
    assert sorted(met, key=lambda p: int(p.photo_id[1:])) == stored


def test_a_walk_goes_on_behind_a_record_that_is_gone(store: Store) -> None:
    stored = {f"p{n}": store.catalogue.commit(None, photo(f"p{n}")) for n in range(4)}
    first = store.register.scan(None, 2)
    for met in first.rows:
        store.catalogue.remove(met)
    rest = store.register.scan(first.after, 9)
    assert {p.photo_id for p in (*first.rows, *rest.rows)} == stored.keys()
    assert rest.after is None


def test_where_there_is_no_photo_there_is_one_empty_page(store: Store) -> None:
    page = store.register.scan(None, 5)
    assert (list(page.rows), page.after) == ([], None)


def test_a_place_of_each_walk_is_kept_for_the_next_run(store: Store) -> None:
    assert store.register.load_checkpoint("originals") == Checkpoint()
    places = {
        "originals": Checkpoint("naïve 🏖.jpg", PassProgress(7)),
        "photos": Checkpoint(progress=PassProgress(paused_until=NOON)),
    }
    store.ledger.save_checkpoint(Recounting(done=("public", "sea")))
    for walk, place in places.items():
        store.register.save_checkpoint(walk, place)
    assert {walk: store.register.load_checkpoint(walk) for walk in places} == places
    assert store.ledger.load_checkpoint() == Recounting(done=("public", "sea"))
    assert store.ledger.next_trend(None) is None
