import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.aws.dynamodb.items import photo_from_item, photo_to_item
from chalicelib.errors import Conflict, ContentClaimed
from chalicelib.ingest.recovery import tombstone_of
from chalicelib.library.collections import TimeRange, duplicates_tag, owner_scope, word_tag
from chalicelib.library.label import Label
from chalicelib.library.photo import Derivative, DueEntry, State, Visibility
from chalicelib.library.search_index import index_photo
from chalicelib.library.sorted_rows import WordRow
from chalicelib.library.steps import commit_steps
from chalicelib.library.totals import Totals, TrendCursor, TrendOrder
from chalicelib.library.transitions import Edit, apply_edit
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure
from tests.contract.conftest import Store
from tests.support.factories import NOON, OWNER, clock, photo

OWNER_SCOPE = owner_scope(OWNER)
SCOPES = (OWNER_SCOPE, "public")
WHOLE = photo(
    label="beach",
    labels=(Label("sand", 99.5, ("beach", "land")), Label("sky", 70.0)),
    labeler="vision-1",
    embedding=b"\x00\xff" * 80,
    camera_time=clock(NOON - timedelta(days=400)),
    camera="Jolla",
    lens="Jolla 4.1 mm",
    exposure=Exposure(time=250_000, iso=100),
    keywords=("lighthouse",),
    file_coordinates=Coordinates(38_722_300, -9_139_300),
    own_coordinates=Coordinates(0, 0),
    file_caption="Lisbon\n\nThe dog on the beach",
    own_caption="The dog",
    file_rating=3,
    own_rating=0,
    file_place=("Lisbon", "Portugal"),
    own_place=("Home",),
    favorite=True,
    keep_groups=("1f", "2e"),
    placeholder="abc=",
    sha256="0" * 64,
    derivatives={name: Derivative("k", "image/webp", "WEBP", 10, 20, 30) for name in ("preview", "small")},
    finished_at=NOON,
    duration_ms=12,
    event={"bucket": "b", "key": "ö +%.jpg"},
    object_version="v1",
    heat=10**31,
)


def test_stored_photo_is_returned_unchanged(store: Store) -> None:
    stored = store.photos.commit(None, WHOLE)
    assert stored == replace(index_photo(WHOLE), version=1)
    assert store.photos.get("p1") == stored
    assert store.photos.get_many(["p1", "p2", "p1"]) == {"p1": stored}


def test_removed_caption_rating_and_place_differ_from_unedited_ones(store: Store) -> None:
    removed = photo("p1", file_caption="Sea", own_caption="", file_place=("Lisbon",), own_place=())
    unedited = photo("p2", file_caption="Sea", file_rating=5, file_place=("Lisbon",))
    for record in (removed, unedited):
        store.photos.commit(None, record)
    first, second = store.photos.get("p1"), store.photos.get("p2")
    assert first
    assert second
    assert (first.caption, first.rating, first.place) == ("", 0, ())
    assert (second.caption, second.rating, second.place) == ("Sea", 5, ("Lisbon",))
    assert (first.own_caption, first.own_place, second.own_caption, second.own_place) == ("", (), None, None)


def test_position_in_a_record_of_an_earlier_version_is_that_of_the_file() -> None:
    item = photo_to_item(photo(file_coordinates=Coordinates(38_722_300, -9_139_300)))
    former = item | {"coordinates": item["file_coordinates"]}
    del former["file_coordinates"]
    assert photo_from_item(former).file_coordinates == Coordinates(38_722_300, -9_139_300)


@pytest.mark.parametrize("photo_id", ["p2", "", f"claim#{OWNER}#{'0' * 64}", "x" * 3000, "\ud800"])
def test_unknown_or_invalid_photo_id_is_not_found(store: Store, photo_id: str) -> None:
    store.photos.commit(None, WHOLE)
    assert store.photos.get(photo_id) is None


def test_creating_an_existing_photo_raises_conflict(store: Store) -> None:
    store.photos.commit(None, photo())
    with pytest.raises(Conflict):
        store.photos.commit(None, photo())
    assert _counts(store) == {"beach": 1, "sea": 1}


def test_commit_on_an_old_version_raises_conflict(store: Store) -> None:
    first = store.photos.commit(None, photo())
    store.photos.commit(first, replace(first, user_tags=("dune",)))
    with pytest.raises(Conflict):
        store.photos.commit(first, replace(first, user_tags=("cat",)))
    assert _counts(store) == {"dune": 1}


@pytest.mark.parametrize("generation", ["", "another"])
def test_commit_on_a_recreated_record_raises_conflict(store: Store, generation: str) -> None:
    first = store.photos.commit(None, photo(generation="one"))
    store.photos.remove(first)
    again = store.photos.commit(None, photo(generation=generation))
    assert again.version == first.version
    with pytest.raises(Conflict):
        store.photos.commit(first, replace(first, user_tags=("cat",)))
    with pytest.raises(Conflict):
        store.photos.remove(first)
    store.photos.commit(again, replace(again, user_tags=("dog",)))
    assert _counts(store) == {"dog": 1}


def test_totals_and_memberships_follow_every_state_of_a_photo(store: Store) -> None:
    started = store.photos.commit(None, photo(state=State.PROCESSING))
    assert _rows(store, OWNER_SCOPE, "!processing") == ["p1"]
    ready = store.photos.commit(started, replace(started, state=State.READY))
    assert _rows(store, OWNER_SCOPE, "!processing") == []
    assert _rows(store, "public", "*") == _rows(store, OWNER_SCOPE, "sea") == ["p1"]
    assert _totals(store, "public", "*") == Totals(1, 1000, 1000, ((1, 1, 500_000),))
    hidden = store.photos.commit(ready, replace(ready, visibility=Visibility.PRIVATE, weight=1))
    assert _rows(store, "public", "*") == []
    assert _totals(store, "public", "*") == Totals()
    assert _totals(store, OWNER_SCOPE, "*") == Totals(1, 1000, 1000, ((19, 1, 1),))
    store.photos.remove(hidden)
    assert store.photos.get("p1") is None
    assert _totals(store, OWNER_SCOPE, "*") == Totals()


def test_tag_count_is_exact(store: Store) -> None:
    first = store.photos.commit(None, photo("p1", user_tags=("beach", "sea")))
    second = store.photos.commit(None, photo("p2", user_tags=("sea", "dune")))
    assert _tags(store) == 3
    first = store.photos.commit(first, replace(first, user_tags=("cat",)))
    assert _tags(store) == 3
    store.photos.remove(second)
    assert _tags(store) == 1
    store.photos.remove(first)
    assert _tags(store) == 0


def test_changing_tags_updates_the_tag_count(store: Store) -> None:
    first = store.photos.commit(None, photo("p1", user_tags=("beach",)))
    first = store.photos.commit(first, replace(first, user_tags=("beach", "cat", "dog")))
    assert _tags(store) == 3
    store.photos.commit(first, replace(first, user_tags=("dog",)))
    assert _tags(store) == 1


def test_same_bytes_are_claimed_once_per_owner(store: Store) -> None:
    first = store.photos.commit(None, photo("p1", sha256="a" * 64))
    with pytest.raises(ContentClaimed) as raised:
        store.photos.commit(None, photo("p2", sha256="a" * 64))
    assert raised.value.holder == "p1"
    assert store.photos.get("p2") is None
    store.photos.commit(None, photo("p3", sha256="a" * 64, owner="another"))
    assert store.photos.claim_holder(OWNER, "a" * 64) == "p1"
    store.photos.remove(first)
    assert store.photos.claim_holder(OWNER, "a" * 64) is None
    store.photos.commit(None, photo("p2", sha256="a" * 64))


def test_claim_holders_of_many_files_are_read_at_once(store: Store) -> None:
    for number in range(3):
        store.photos.commit(None, photo(f"p{number}", sha256=f"{number:064}"))
    store.photos.commit(None, photo("other", owner="another", sha256=f"{3:064}"))
    digests = [f"{number:064}" for number in range(100)]
    assert store.photos.claim_holders(OWNER, digests) == {f"{number:064}": f"p{number}" for number in range(3)}
    assert store.photos.claim_holders(OWNER, []) == {}


def test_duplicate_requires_a_current_claim_holder(store: Store) -> None:
    first = store.photos.commit(None, photo("p1", sha256="a" * 64))
    started = store.photos.commit(None, photo("p2", state=State.PROCESSING, sha256="a" * 64))
    copy = replace(started, state=State.DUPLICATE, duplicate_of="p1")
    first = store.photos.commit(first, replace(first, state=State.TRASHED))
    with pytest.raises(Conflict) as raised:
        store.photos.commit(started, copy)
    assert not isinstance(raised.value, ContentClaimed)
    first = store.photos.commit(first, replace(first, state=State.READY))
    with pytest.raises(Conflict):
        store.photos.commit(started, replace(copy, duplicate_of="p3"))
    stored = store.photos.commit(started, copy)
    assert _rows(store, OWNER_SCOPE, duplicates_tag("a" * 64)) == _rows(store, OWNER_SCOPE, "!duplicate") == ["p2"]
    # It stays a duplicate through any commit until it is published.
    store.photos.commit(first, replace(first, state=State.TRASHED))
    stored = store.photos.commit(stored, replace(stored, user_tags=("cat",)))
    store.photos.commit(stored, replace(stored, state=State.READY, duplicate_of=None))
    assert store.photos.claim_holder(OWNER, "a" * 64) == "p2"
    assert _rows(store, OWNER_SCOPE, duplicates_tag("a" * 64)) == []


def test_largest_edit_is_committed_completely(store: Store) -> None:
    stored = store.photos.commit(None, photo(user_tags=tuple(f"a{n}" for n in range(20)), sha256="a" * 64))
    after = apply_edit(stored, Edit(tags=tuple(f"b{n}" for n in range(20)), weight=1))
    stored = store.photos.commit(stored, after)
    assert stored.tags == after.tags
    assert _counts(store) == dict.fromkeys(after.tags, 1)
    assert _totals(store, "public", "*") == Totals(1, 1000, 1000, ((19, 1, 1),))
    trashed = store.photos.commit(stored, replace(stored, state=State.TRASHED))
    assert (_counts(store), _tags(store)) == ({}, 0)
    store.photos.commit(trashed, replace(trashed, state=State.READY))
    assert _tags(store) == 20


def test_change_that_was_interrupted_is_due_and_completed_by_the_next_commit(store: Store) -> None:
    tags = tuple(f"a{n}" for n in range(16))  # as many as one transaction can move in one scope
    stored = store.photos.commit(None, photo(user_tags=tags, due_at=NOON + timedelta(days=1)))
    moved = replace(stored, corrected_time=clock(NOON - timedelta(days=300)))
    (first, _) = commit_steps(stored, moved, NOON)
    interrupted = store.photos._commit_step(stored, first)  # type: ignore[attr-defined]
    assert interrupted == replace(first, version=stored.version + 1)
    assert store.photos.get("p1") == interrupted
    assert store.photos.list_due(NOON, None, 10) == [DueEntry(NOON, "p1")]
    october, november = (TimeRange(end=NOON.replace(tzinfo=None, month=month)) for month in (10, 12))
    assert [
        len(store.collections.list_rows(scope, "a1", after=None, limit=9, time_range=october)) for scope in SCOPES
    ] == [1, 0]
    assert [
        len(store.collections.list_rows(scope, "a1", after=None, limit=9, time_range=november)) for scope in SCOPES
    ] == [1, 1]
    settled = store.photos.commit(interrupted, interrupted)
    assert settled == replace(moved, version=stored.version + 2)
    assert store.photos.list_due(NOON, None, 10) == []
    assert [
        len(store.collections.list_rows(scope, "a1", after=None, limit=9, time_range=october)) for scope in SCOPES
    ] == [1, 1]
    assert _counts(store) == dict.fromkeys(tags, 1)


def test_claim_follows_the_sha256(store: Store) -> None:
    first = store.photos.commit(None, photo("p1", sha256="a" * 64))
    store.photos.commit(first, replace(first, sha256="b" * 64))
    assert store.photos.claim_holder(OWNER, "a" * 64) is None
    assert store.photos.claim_holder(OWNER, "b" * 64) == "p1"


def test_everything_follows_a_new_owner(store: Store) -> None:
    new_owner = "the-new-owner"
    tags = tuple(f"t{number:02}" for number in range(20))
    first = store.photos.commit(None, photo(user_tags=tags, sha256="a" * 64))
    copy = store.photos.commit(
        None, photo("p2", state=State.DUPLICATE, duplicate_of="p1", sha256="a" * 64, user_tags=("sea",))
    )
    with pytest.raises(Conflict):  # its bytes are not the new owner's yet
        store.photos.commit(copy, replace(copy, owner=new_owner))
    store.photos.commit(first, replace(first, owner=new_owner))
    store.photos.commit(copy, replace(copy, owner=new_owner))
    assert store.photos.claim_holder(OWNER, "a" * 64) is None
    assert store.photos.claim_holder(new_owner, "a" * 64) == "p1"
    for owner, count in ((OWNER, 0), (new_owner, 1)):
        totals = store.collections.get_trend(owner_scope(owner), "t00")
        assert (totals.totals.count if totals else 0) == count
        assert len(store.collections.list_rows(owner_scope(owner), "*", after=None, limit=5)) == count
    rows = store.collections.list_rows(owner_scope(new_owner), duplicates_tag("a" * 64), after=None, limit=5)
    assert [row.photo_id for row in rows] == ["p2"]
    assert store.photos.commit(None, photo("p3", sha256="a" * 64)).owner == OWNER


def test_list_due_returns_due_photos_longest_overdue_first(store: Store) -> None:
    for n, due in enumerate([NOON, NOON - timedelta(days=1), NOON + timedelta(seconds=1), None]):
        store.photos.commit(None, photo(f"p{n}", due_at=due))
    longest, shorter = DueEntry(NOON - timedelta(days=1), "p1"), DueEntry(NOON, "p0")
    assert store.photos.list_due(NOON, None, 10) == [longest, shorter]
    assert store.photos.list_due(NOON, None, 1) == [longest]


def test_list_due_continues_after_a_removed_entry(store: Store) -> None:
    due_photos = [
        store.photos.commit(None, photo(f"p{n}", due_at=NOON - timedelta(minutes=n // 2))) for n in range(7)
    ]  # most of them due in pairs at the same time
    listed, after = list[str](), None
    while page := store.photos.list_due(NOON, after, 3):
        listed.extend(due.photo_id for due in page)
        after = page[-1]
        deleted = next(p for p in due_photos if p.photo_id == after.photo_id)
        store.photos.remove(deleted)
    assert sorted(listed) == [p.photo_id for p in due_photos]


def test_photo_without_due_time_is_not_listed_as_due(store: Store) -> None:
    due_photos = store.photos.commit(None, photo(due_at=NOON))
    store.photos.commit(due_photos, replace(due_photos, due_at=None))
    assert store.photos.list_due(NOON, None, 10) == []


def test_list_rows_is_newest_first_and_paginated(store: Store) -> None:
    for n in range(5):
        store.photos.commit(None, photo(f"p{n}", camera_time=clock(NOON - timedelta(days=n))))
    first = store.collections.list_rows("public", "sea", after=None, limit=2)
    second = store.collections.list_rows("public", "sea", after=first[-1].position, limit=9)
    assert [row.photo_id for row in (*first, *second)] == ["p0", "p1", "p2", "p3", "p4"]
    assert store.collections.list_rows("public", "sea", after=second[-1].position, limit=9) == []


def test_list_rows_is_limited_to_a_time_range(store: Store) -> None:
    for n in range(4):
        store.photos.commit(None, photo(f"p{n}", camera_time=clock(NOON + timedelta(days=n))))
    span = TimeRange(NOON + timedelta(days=1), NOON + timedelta(days=3))
    first = store.collections.list_rows("public", "sea", after=None, limit=1, time_range=span)
    rest = store.collections.list_rows("public", "sea", after=first[0].position, limit=9, time_range=span)
    assert [row.photo_id for row in (*first, *rest)] == ["p2", "p1"]
    assert [
        r.photo_id
        for r in store.collections.list_rows("public", "*", after=None, limit=9, time_range=TimeRange(span.end))
    ] == ["p3"]


def test_list_rows_of_an_empty_time_range_is_empty(store: Store) -> None:
    store.photos.commit(None, photo("p1", camera_time=clock(NOON)))
    for span in (TimeRange(NOON, NOON), TimeRange(NOON + timedelta(days=1), NOON)):
        assert store.collections.list_rows("public", "sea", after=None, limit=9, time_range=span) == []


def test_list_tags_returns_used_tags_most_used_first(store: Store) -> None:
    deleted = store.photos.commit(None, photo("p1", user_tags=("mole", "moth")))
    store.photos.commit(None, photo("p2", user_tags=("mountain", "moon", "sea", "mo")))
    store.photos.commit(None, photo("p3", user_tags=("mountain", "sea")))
    store.photos.commit(None, photo("p4", user_tags=("sea",)))
    store.photos.remove(deleted)
    for prefix, limit, found in (
        ("mo", 2, ["mountain", "mo"]),
        ("mo", 9, ["mountain", "mo", "moon"]),
        ("", 2, ["sea", "mountain"]),
        ("", 9, ["sea", "mountain", "mo", "moon"]),
        ("x", 9, []),
    ):
        assert [t.tag for t in store.collections.list_tags("public", prefix, limit)] == found


def test_list_trends_ranks_by_count_and_by_heat(store: Store) -> None:
    store.photos.commit(None, photo("p1", user_tags=("old", "both"), heat=1))
    store.photos.commit(None, photo("p2", user_tags=("old",), heat=1))
    store.photos.commit(None, photo("p3", user_tags=("new", "both"), heat=10**31))
    assert _ranked(store, TrendOrder.COUNT) == ["old", "both", "new"]
    assert _ranked(store, TrendOrder.HEAT) == ["both", "new", "old"]


def test_list_trends_continues_from_a_cursor(store: Store) -> None:
    for n in range(5):
        store.photos.commit(None, photo(f"p{n}", user_tags=tuple(f"t{m}" for m in range(n + 1))))
    first = store.collections.list_trends("public", TrendOrder.COUNT, after=None, limit=2)
    cursor = TrendCursor(first[-1].totals.count, first[-1].tag)
    rest = store.collections.list_trends("public", TrendOrder.COUNT, after=cursor, limit=9)
    assert [t.tag for t in (*first, *rest)] == ["t0", "t1", "t2", "t3", "t4"]


def test_list_trends_excludes_unused_tags(store: Store) -> None:
    deleted = store.photos.commit(None, photo("p1", user_tags=("gone",)))
    store.photos.commit(None, photo("p2", user_tags=("here",)))
    store.photos.remove(deleted)
    assert _ranked(store, TrendOrder.COUNT) == _ranked(store, TrendOrder.HEAT) == ["here"]


def test_concurrent_commits_are_all_counted(store: Store, request: pytest.FixtureRequest) -> None:
    if "moto" in request.node.name:
        pytest.skip("moto's transactions are not safe between threads")
    failures: list[Exception] = []

    def put(n: int) -> None:
        try:
            store.photos.commit(None, photo(f"p{n}", user_tags=("beach", f"own{n}")))
        except Exception as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _counts(store)["beach"] == 8
    assert _tags(store) == 9


def _rows(store: Store, scope: str, tag: str) -> list[str]:
    return [row.photo_id for row in store.collections.list_rows(scope, tag, after=None, limit=100)]


def _totals(store: Store, scope: str, tag: str) -> Totals | None:
    trend = store.collections.get_trend(scope, tag)
    return trend.totals if trend else None


def _tags(store: Store) -> int:
    trend = store.collections.get_trend("public", "*")
    return trend.tag_count if trend else 0


def _ranked(store: Store, order: TrendOrder) -> list[str]:
    return [trend.tag for trend in store.collections.list_trends("public", order, after=None, limit=100)]


def _counts(store: Store) -> dict[str, int]:
    ranked = store.collections.list_trends("public", TrendOrder.COUNT, after=None, limit=100)
    return {trend.tag: trend.totals.count for trend in ranked}


def test_tombstone_is_stored_with_its_expiry_and_can_become_a_photo_again(store: Store) -> None:
    ready = store.photos.commit(None, photo(object_version="v1"))
    tombstone = tombstone_of(replace(ready, state=State.REMOVED), NOON + timedelta(days=32))
    assert tombstone
    buried = store.photos.commit(ready, tombstone)
    assert store.photos.get("p1") == buried
    assert buried.expires_at == NOON + timedelta(days=32)
    assert _counts(store) == {}
    restored = store.photos.commit(buried, replace(buried, state=State.READY, expires_at=None, recovered=True))
    assert store.photos.get("p1") == restored
    assert _counts(store) == {"beach": 1, "sea": 1}


def test_expiry_of_a_tombstone_is_a_number_of_seconds() -> None:
    item = photo_to_item(photo(state=State.ERASED, expires_at=NOON))
    assert (item["expires_at"], "recovered" in item) == (int(NOON.timestamp()), False)


def test_word_rows_are_found_by_word_and_by_beginning(store: Store) -> None:
    store.photos.commit(None, photo("p1", own_caption="Lisbon lighthouse", camera_time=clock(NOON - timedelta(days=2))))
    second = store.photos.commit(None, photo("p2", own_caption="Lisbon", camera_time=clock(NOON - timedelta(days=1))))
    rows = store.collections.list_rows("public", word_tag("lisbon"), after=None, limit=9)
    assert [row.photo_id for row in rows] == ["p2", "p1"]
    behind = store.collections.list_rows("public", word_tag("lisbon"), after=rows[0].position, limit=9)
    assert behind == rows[1:]
    assert store.collections.list_rows("public", word_tag("lisbo"), after=None, limit=9) == []
    beginning = store.collections.list_word_rows("public", "li", after_word=None, limit=9)
    lisbon = [WordRow("lisbon", row.position) for row in reversed(rows)]
    assert beginning == [WordRow("lighthouse", rows[1].position), *lisbon]
    assert store.collections.list_word_rows("public", "li", after_word=None, limit=2) == beginning[:2]
    assert store.collections.list_word_rows("public", "li", after_word="lighthouse", limit=9) == lisbon
    assert store.collections.list_word_rows("public", "li", after_word="lisbo", limit=9) == lisbon
    assert store.collections.list_word_rows("public", "li", after_word="lisbon", limit=9) == []
    assert store.collections.list_word_rows("public", "lisbonx", after_word=None, limit=9) == []
    store.photos.commit(second, replace(second, own_caption=""))
    rows = store.collections.list_rows("public", word_tag("lisbon"), after=None, limit=9)
    assert [row.photo_id for row in rows] == ["p1"]


def test_rows_are_listed_upward_too(store: Store) -> None:
    for number in range(3):
        store.photos.commit(None, photo(f"p{number}", camera_time=clock(NOON - timedelta(days=number))))
    rows = store.collections.list_rows("public", "*", after=None, limit=2, oldest_first=True)
    assert [row.photo_id for row in rows] == ["p2", "p1"]
    rows = store.collections.list_rows("public", "*", after=rows[-1].position, limit=2, oldest_first=True)
    assert [row.photo_id for row in rows] == ["p0"]


def test_facets_are_counted_in_scopes_of_their_own(store: Store) -> None:
    first = store.photos.commit(
        None,
        photo("p1", camera="Apple iPhone 13", own_place=("Lisbon", "Portugal"), file_coordinates=Coordinates(1, 1)),
    )
    store.photos.commit(None, photo("p2", camera="APPLE iPhone 13", favorite=True, own_rating=4))
    cameras = store.collections.list_trends(f"camera/{OWNER}", TrendOrder.COUNT, after=None, limit=9)
    assert [(trend.tag, trend.totals, trend.cover) for trend in cameras] == [("apple iphone 13", Totals(count=2), "p2")]
    assert cameras[0].name.casefold() == "apple iphone 13"
    assert [trend.name for trend in store.collections.list_tags(f"place/{OWNER}", "", 9)] == ["Lisbon", "Portugal"]
    assert len(store.collections.list_rows(f"mark/{OWNER}", "rating 4", after=None, limit=9)) == 1
    assert [trend.tag[:2] for trend in store.collections.list_tags(f"cell/{OWNER}", "1:", 9)] == ["1:"]
    everything = store.collections.get_trend(f"camera/{OWNER}", "*")
    assert everything
    assert (everything.tag_count, everything.totals.count) == (1, 0)
    assert _tags(store) == 2
    store.photos.remove(first)
    assert store.collections.list_tags(f"place/{OWNER}", "li", 9) == []
