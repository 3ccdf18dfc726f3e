from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Conflict, Invalid
from chalicelib.library.collections import changes
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.totals import deltas
from chalicelib.library.transitions import (
    MAX_ROW_WRITES,
    TRASH_RETENTION,
    Edit,
    add_tags,
    apply_edit,
    commit_steps,
    mark_duplicate,
    publish,
    remove_tags,
    restore,
    trash,
)
from tests.support.factories import NOON, photo

IMAGES = {"preview": Derivative("k", "image/webp", "WEBP", 10, 20, 30)}
FOUND = photo(label="cat", user_tags=("sea", "beach"), labels=("sand", "sky"))


def test_the_tags_after_an_edit_are_those_that_were_wanted() -> None:
    after = apply_edit(FOUND, Edit(tags=("beach", "sky", "new", "cat")))
    assert after.tags == ("cat", "beach", "new", "sky")
    assert (after.label, after.user_tags, after.labels) == ("cat", ("beach", "new"), ("sky",))


def test_a_label_that_was_found_and_taken_away_is_unwanted_until_somebody_says_it() -> None:
    without = apply_edit(FOUND, Edit(tags=("cat",)))
    assert (without.labels, without.dismissed_labels) == ((), ("sand", "sky"))
    again = apply_edit(without, Edit(tags=("cat", "sand")))
    assert (again.user_tags, again.dismissed_labels) == (("sand",), ("sky",))
    assert apply_edit(again, Edit(label="sky")).dismissed_labels == ()


def test_a_label_that_was_never_shown_is_not_taken_away() -> None:
    crowded = photo(user_tags=tuple(f"w{n}" for n in range(20)), labels=("sand",))
    after = apply_edit(crowded, Edit(tags=("w1",)))
    assert (after.tags, after.dismissed_labels) == (("w1",), ())


def test_the_label_is_given_up_where_the_tags_no_longer_name_it() -> None:
    assert apply_edit(FOUND, Edit(tags=("sea",))).label is None
    assert apply_edit(FOUND, Edit(tags=("sea",), label="dog")).tags == ("dog", "sea")


def test_changing_the_label_retags_and_the_empty_one_takes_it_away() -> None:
    assert apply_edit(FOUND, Edit(label="dog")).tags == ("dog", "sea", "beach", "sand", "sky")
    assert apply_edit(FOUND, Edit(label="")).tags == ("sea", "beach", "sand", "sky")


def test_what_is_not_named_stays_as_it_is() -> None:
    assert apply_edit(FOUND, Edit()) == FOUND
    after = apply_edit(FOUND, Edit(weight=7, visibility=Visibility.PRIVATE, filename="b.jpg"))
    assert after == replace(FOUND, weight=7, visibility=Visibility.PRIVATE, filename="b.jpg")


def test_words_and_label_together_are_twenty_at_most() -> None:
    twenty = photo(user_tags=tuple(f"w{n}" for n in range(20)))
    assert apply_edit(twenty, Edit(label="w3")).tags == ("w3", *(f"w{n}" for n in range(20) if n != 3))
    for edit in (Edit(label="cat"), Edit(tags=(*twenty.user_tags, "cat"))):
        with pytest.raises(Invalid, match="20") as refused:
            apply_edit(twenty, edit)
        assert refused.value.field == "tags"
    with pytest.raises(Invalid):
        add_tags(twenty, ("cat",))


def test_tagging_adds_and_untagging_takes_away_whoever_said_it() -> None:
    assert add_tags(FOUND, ("new", "sky")).tags == ("cat", "sea", "beach", "new", "sand", "sky")
    assert remove_tags(FOUND, ("cat", "sea", "sand", "nothing")).tags == ("beach", "sky")


def test_a_photo_stays_in_the_trash_for_thirty_days() -> None:
    gone = trash(FOUND, NOON)
    assert (gone.state, gone.trashed_at, gone.due_at) == (State.TRASHED, NOON, NOON + TRASH_RETENTION)
    assert trash(gone, NOON + timedelta(days=1)) == gone


def test_a_photo_in_a_workers_hands_stays_there_when_it_is_trashed() -> None:
    begun = photo(state=State.PROCESSING, worker="w", due_at=NOON)
    gone = trash(begun, NOON - timedelta(seconds=9))
    assert (gone.state, gone.worker, gone.due_at) == (State.TRASHED, "w", NOON)
    assert restore(gone, NOON) == begun


def test_a_photo_that_is_still_being_uploaded_cannot_be_trashed() -> None:
    with pytest.raises(Conflict, match="uploading"):
        trash(photo(state=State.UPLOADING), NOON)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"state": State.READY, "derivatives": IMAGES}, {}),
        ({"state": State.READY, "derivatives": IMAGES, "labels_pending": True, "due_at": NOON}, {}),
        ({"state": State.REJECTED, "reason": "no picture"}, {}),
        ({"state": State.PROCESSING, "due_at": NOON}, {}),
        # What is recorded of it is of the original before.
        ({"state": State.PROCESSING, "due_at": NOON, "derivatives": IMAGES, "reason": "no picture"}, {}),
        # Its bytes may be free by now: whether they are is for the catalogue to say.
        (
            {"state": State.DUPLICATE, "derivatives": IMAGES, "duplicate_of": "p0"},
            {"state": State.READY, "duplicate_of": None},
        ),
    ],
)
def test_a_photo_comes_out_of_the_trash_as_it_went_in(before: dict[str, Any], after: dict[str, Any]) -> None:
    was = photo(**before)
    assert restore(trash(was, NOON - timedelta(days=3)), NOON) == replace(was, **after)


@pytest.mark.parametrize("state", [s for s in State if s is not State.TRASHED])
def test_what_is_not_in_the_trash_is_not_restored(state: State) -> None:
    assert restore(photo(state=state), NOON) == photo(state=state)


def test_a_duplicate_that_takes_the_place_looks_for_the_labels_it_never_got() -> None:
    copy = mark_duplicate(photo(labels_pending=True, due_at=NOON), "p0")
    assert (copy.state, copy.duplicate_of, copy.due_at) == (State.DUPLICATE, "p0", None)
    assert publish(copy, NOON) == photo(labels_pending=True, due_at=NOON)


tags = st.lists(st.sampled_from([f"t{n}" for n in range(45)]), max_size=20, unique=True).map(tuple)
photos = st.builds(
    lambda user_tags, found, weight, visibility: photo(
        user_tags=user_tags, labels=found, weight=weight, visibility=visibility
    ),
    user_tags=tags,
    found=tags.map(lambda found: found[:10]),
    weight=st.sampled_from([1, 500_000]),
    visibility=st.sampled_from(Visibility),
)
edits = st.builds(
    Edit,
    tags=st.none() | tags,
    label=st.none() | st.sampled_from(["", "t1", "dog"]),
    weight=st.none() | st.just(999_999),
    visibility=st.none() | st.sampled_from(Visibility),
)


def moves(before: Photo, after: Photo) -> int:
    moved = changes(before, after)
    return len({(row.scope, row.tag) for row in (*moved.added, *moved.removed)}) + len(deltas(moved))


@given(photos, edits)
def test_every_step_of_an_edit_fits_into_a_transaction_and_the_last_is_the_edit(before: Photo, edit: Edit) -> None:
    try:
        after = apply_edit(before, edit)
    except Invalid:
        return
    way = (before, *commit_steps(before, after))
    assert way[-1] == after
    assert all(moves(one, next_one) <= MAX_ROW_WRITES for one, next_one in pairwise(way))
    for between in way[1:-1]:
        assert set(between.tags) == set(before.tags) & set(after.tags)


def test_an_edit_that_fits_is_one_step_and_a_whole_new_set_of_tags_is_two() -> None:
    full = photo(user_tags=tuple(f"a{n}" for n in range(20)))
    assert len(commit_steps(full, apply_edit(full, Edit(tags=tuple(f"a{n}" for n in range(18)))))) == 1
    assert len(commit_steps(full, apply_edit(full, Edit(tags=tuple(f"b{n}" for n in range(20)), weight=1)))) == 2
