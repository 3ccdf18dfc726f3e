from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.collections import PUBLIC_SCOPE, RECENTLY_ADDED, changes, joined_albums, memberships_for
from chalicelib.library.memberships import Membership
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.search_index import index_photo
from chalicelib.library.steps import MAX_ROW_WRITES, commit_steps
from chalicelib.library.totals import deltas
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from tests.support.factories import NOON, OWNER, clock, labels, photo

DUE = NOON + timedelta(minutes=1)
FULL = index_photo(photo(user_tags=tuple(f"a{n}" for n in range(20)), camera_time=clock(NOON)))
# Moving it changes as many rows of one scope as fit in a transaction.
LARGE = index_photo(photo(user_tags=tuple(f"a{n}" for n in range(16)), camera_time=clock(NOON)))

tags = st.lists(st.sampled_from([f"t{n}" for n in range(45)]), max_size=20, unique=True).map(tuple)
times = st.sampled_from(
    [None, clock(NOON), CaptureTime(datetime.fromisoformat("2026-03-14T23:30"), timedelta(hours=-8))]
)
photos = st.builds(
    photo,
    owner=st.sampled_from([OWNER, "another-owner"]),
    state=st.sampled_from(State),
    sha256=st.just("a" * 64),
    user_tags=tags,
    labels=tags.map(lambda found: labels(*found[:10])),
    weight=st.sampled_from([1, 500_000]),
    visibility=st.sampled_from(Visibility),
    camera_time=times,
    camera=st.sampled_from([None, "Apple iPhone 13", "Canon EOS R5"]),
    own_place=st.sampled_from([None, ("Lisbon", "Portugal"), ("Faro", "Portugal")]),
    own_caption=st.sampled_from([None, " ".join(f"word{n}" for n in range(40))]),
    file_coordinates=st.sampled_from([None, Coordinates(38_722_300, -9_139_300), Coordinates(0, 1)]),
    favorite=st.booleans(),
    albums=st.lists(st.sampled_from([f"a{n}" for n in range(40)]), max_size=20, unique=True).map(tuple),
    review_album=st.sampled_from([None, "b1"]),
)


def writes(before: Photo | None, after: Photo) -> int:
    change = changes(before, after)
    rows = {(row.scope, row.tag, row.position) for row in (*change.added, *change.removed)}
    return len(rows) + len(deltas(change)) + len(joined_albums(change))


def tags_of(scope: str, memberships: tuple[Membership, ...]) -> set[str]:
    return {membership.tag for membership in memberships if membership.scope == scope}


@given(st.none() | photos, photos, photos)
def test_every_change_splits_into_steps_that_fit(before: Photo | None, middle: Photo, after: Photo) -> None:
    first = commit_steps(before, middle, DUE)[0]  # its worker died
    for start, end in ((before, middle), (first, after)):
        steps = commit_steps(start, end, DUE)
        assert steps[-1] == index_photo(replace(end, pending_rows=None))
        for step, next_step in pairwise((start, *steps)):
            assert next_step is not None
            assert writes(step, next_step) <= MAX_ROW_WRITES
            assert replace(next_step, pending_rows=None) == index_photo(replace(end, pending_rows=None))


@given(photos, photos)
def test_each_step_completes_some_collections_and_leaves_the_others_as_they_were(before: Photo, after: Photo) -> None:
    steps = commit_steps(before, after, DUE)
    old, new = set(memberships_for(before)), set(memberships_for(index_photo(after)))
    for step in steps[:-1]:
        assert step.pending_rows is not None
        assert step.next_due_at is not None
        assert step.next_due_at <= DUE
        held = step.pending_rows.held
        for row in memberships_for(step):
            assert row in (old if row.collection in held else new)
        assert Counter(row.collection for row in memberships_for(step)).most_common(1)[0][1] == 1


def test_small_change_takes_one_step() -> None:
    uploading = index_photo(photo(state=State.UPLOADING))
    assert commit_steps(None, uploading, DUE) == (uploading,)
    renamed = replace(FULL, filename="b.jpg")
    assert commit_steps(FULL, renamed, DUE) == (index_photo(renamed),)
    few = index_photo(photo(user_tags=tuple(f"a{n}" for n in range(10)), camera_time=clock(NOON)))
    assert len(commit_steps(few, replace(few, state=State.TRASHED), DUE)) == 1


def test_new_time_of_a_public_photo_reaches_one_scope_after_the_other() -> None:
    moved = replace(LARGE, corrected_time=clock(NOON - timedelta(hours=1)))
    own, public = commit_steps(LARGE, moved, DUE)
    positions = {row.scope: row.position for row in memberships_for(own) if row.tag != RECENTLY_ADDED}
    assert positions[PUBLIC_SCOPE] > positions[f"owner/{OWNER}"]
    assert len({row.position for row in memberships_for(public) if row.tag != RECENTLY_ADDED}) == 1


def test_photo_leaves_the_public_scope_first() -> None:
    others = tuple(f"b{n}" for n in range(20))
    hidden = replace(FULL, user_tags=others, visibility=Visibility.PRIVATE, camera_time=None)
    first, *_ = commit_steps(FULL, hidden, DUE)
    assert tags_of(PUBLIC_SCOPE, memberships_for(first)) == set()
    published, *_ = commit_steps(hidden, FULL, DUE)
    assert tags_of(f"owner/{OWNER}", memberships_for(published)) >= {"*", *FULL.tags}
