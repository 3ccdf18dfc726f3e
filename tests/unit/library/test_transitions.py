from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid
from chalicelib.library.photo import Derivative, State, Visibility
from chalicelib.library.transitions import (
    TRASH_RETENTION,
    Edit,
    Transition,
    add_tags,
    apply_edit,
    mark_duplicate,
    publish,
    remove_tags,
    request_labels,
    restore,
    trash,
)
from tests.support.factories import NOON, labels, photo

IMAGES = {"preview": Derivative("k", "image/webp", "WEBP", 10, 20, 30)}
LABELED = photo(label="cat", user_tags=("sea", "beach"), labels=labels("sand", "sky"))


def test_edit_sets_tags() -> None:
    after = apply_edit(LABELED, Edit(tags=("beach", "sky", "new", "cat")))
    assert after.tags == ("cat", "beach", "new", "sky")
    assert (after.label, after.user_tags, after.label_names) == ("cat", ("beach", "new"), ("sky",))


def test_removed_label_is_dismissed_until_the_user_adds_it() -> None:
    without = apply_edit(LABELED, Edit(tags=("cat",)))
    assert (without.label_names, without.dismissed_labels) == ((), ("sand", "sky"))
    added_again = apply_edit(without, Edit(tags=("cat", "sand")))
    assert (added_again.user_tags, added_again.dismissed_labels) == (("sand",), ("sky",))
    assert apply_edit(added_again, Edit(label="sky")).dismissed_labels == ()


def test_label_beyond_the_limit_is_not_dismissed() -> None:
    crowded = photo(user_tags=tuple(f"w{n}" for n in range(20)), labels=labels("sand"))
    after = apply_edit(crowded, Edit(tags=("w1",)))
    assert (after.tags, after.dismissed_labels) == (("w1",), ())


def test_label_is_removed_if_the_tags_do_not_include_it() -> None:
    assert apply_edit(LABELED, Edit(tags=("sea",))).label is None
    assert apply_edit(LABELED, Edit(tags=("sea",), label="dog")).tags == ("dog", "sea")


def test_edit_changes_or_removes_the_label() -> None:
    assert apply_edit(LABELED, Edit(label="dog")).tags == ("dog", "sea", "beach", "sand", "sky")
    assert apply_edit(LABELED, Edit(label="")).tags == ("sea", "beach", "sand", "sky")


def test_removing_the_label_does_not_remove_a_tag_of_the_same_edit() -> None:
    sea = photo(label="sea", user_tags=("cat",), labels=labels("sky"))
    after = apply_edit(sea, Edit(tags=("sea", "dog"), label=""))
    assert (after.label, after.tags, after.user_tags) == (None, ("sea", "dog"), ("sea", "dog"))
    replaced = apply_edit(sea, Edit(tags=("sea", "sky"), label="dog"))
    assert (replaced.label, replaced.tags) == ("dog", ("dog", "sea", "sky"))
    assert apply_edit(sea, Edit(tags=("dog",), label="sky")).tags == ("sky", "dog")


def test_edit_keeps_other_fields() -> None:
    assert apply_edit(LABELED, Edit()) == LABELED
    after = apply_edit(LABELED, Edit(weight=7, visibility=Visibility.PRIVATE, filename="b.jpg"))
    assert after == replace(LABELED, weight=7, visibility=Visibility.PRIVATE, filename="b.jpg")


def test_edit_rejects_more_than_20_tags_with_the_label() -> None:
    twenty = photo(user_tags=tuple(f"w{n}" for n in range(20)))
    assert apply_edit(twenty, Edit(label="w3")).tags == ("w3", *(f"w{n}" for n in range(20) if n != 3))
    for edit in (Edit(label="cat"), Edit(tags=(*twenty.user_tags, "cat"))):
        with pytest.raises(Invalid, match="20") as raised:
            apply_edit(twenty, edit)
        assert raised.value.field == "tags"
    with pytest.raises(Invalid):
        add_tags(twenty, ("cat",))


def test_add_tags_and_remove_tags() -> None:
    added = add_tags(LABELED, ("new", "sky"))
    assert added.tags == ("cat", "sea", "beach", "sky", "new", "sand")
    assert (added.user_tags, added.label_names) == (("sea", "beach", "sky", "new"), ("sand", "sky"))
    assert remove_tags(LABELED, ("cat", "sea", "sand", "nothing")).tags == ("beach", "sky")


@pytest.mark.parametrize(
    "change",
    [
        lambda both: both,
        lambda both: apply_edit(both, Edit(tags=(*both.tags, "dune"))),
        lambda both: apply_edit(both, Edit(label="cat")),
        lambda both: add_tags(both, ("dune",)),
        lambda both: remove_tags(both, ("sky",)),
    ],
)
def test_tag_of_the_user_stays_when_the_labeler_no_longer_finds_it(change: Transition) -> None:
    both = photo(user_tags=("beach",), labels=labels("beach", "sky"))
    relabeled = replace(change(both), labels=labels("sand"))
    assert "beach" in relabeled.tags
    assert "beach" not in remove_tags(relabeled, ("beach",)).tags


def test_label_that_the_user_adds_is_the_users_own_tag() -> None:
    assert replace(add_tags(photo(user_tags=(), labels=labels("sky")), ("sky",)), labels=()).tags == ("sky",)
    # Whoever sends all tags of a photo back with one more has not named the labels.
    assert replace(apply_edit(LABELED, Edit(tags=(*LABELED.tags, "new"))), labels=()).user_tags == (
        "sea",
        "beach",
        "new",
    )


def test_keyword_stays_a_keyword_and_a_removed_one_is_dismissed() -> None:
    found = photo(user_tags=("beach",), keywords=("sea", "boat"), labels=labels("sea", "sky"))
    assert found.tags == ("beach", "sea", "boat", "sky")
    assert apply_edit(found, Edit(tags=(*found.tags, "dune"))) == replace(found, user_tags=("beach", "dune"))
    without = remove_tags(found, ("sea", "boat"))
    assert (without.tags, without.keywords, without.label_names) == (("beach", "sky"), (), ("sky",))
    assert without.dismissed_labels == ("sea", "boat")
    again = add_tags(without, ("boat",))
    assert (again.user_tags, again.dismissed_labels) == (("beach", "boat"), ("sea",))


def test_keyword_that_the_user_adds_is_the_users_own_tag() -> None:
    added = add_tags(photo(user_tags=(), keywords=("sea", "boat")), ("sea",))
    assert (added.user_tags, added.keywords) == (("sea",), ("sea", "boat"))
    assert replace(added, keywords=()).tags == ("sea",)
    assert remove_tags(added, ("sea",)).tags == ("boat",)


def test_edit_marks_and_unmarks_a_favorite() -> None:
    favorite = apply_edit(LABELED, Edit(favorite=True))
    assert favorite == replace(LABELED, favorite=True)
    assert apply_edit(favorite, Edit(weight=LABELED.weight)).favorite
    assert apply_edit(favorite, Edit(favorite=False)) == LABELED


def test_requested_labels_are_due_at_once_or_when_the_photo_is_published() -> None:
    requested = request_labels(photo(), NOON)
    assert (requested.labels_pending, requested.due_at) == (True, NOON)
    in_trash = request_labels(trash(photo(derivatives=IMAGES), NOON), NOON)
    assert (in_trash.labels_pending, in_trash.due_at) == (True, NOON + TRASH_RETENTION)
    assert restore(in_trash, NOON).due_at == NOON


def test_trash_is_due_after_30_days() -> None:
    trashed = trash(LABELED, NOON)
    assert (trashed.state, trashed.trashed_at, trashed.due_at) == (
        State.TRASHED,
        NOON,
        NOON + TRASH_RETENTION,
    )
    assert trash(trashed, NOON + timedelta(days=1)) == trashed


def test_trash_keeps_the_worker() -> None:
    processing = photo(state=State.PROCESSING, worker="w", due_at=NOON)
    trashed = trash(processing, NOON - timedelta(seconds=9))
    assert (trashed.state, trashed.worker, trashed.due_at) == (State.TRASHED, "w", NOON)
    assert restore(trashed, NOON) == processing


def test_trash_while_uploading_raises_conflict() -> None:
    with pytest.raises(Conflict, match="still being uploaded, or its processing is about to start"):
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
        # The claim may be free again; the photo store decides.
        (
            {"state": State.DUPLICATE, "derivatives": IMAGES, "duplicate_of": "p0"},
            {"state": State.READY, "duplicate_of": None},
        ),
    ],
)
def test_restore_reverses_trash(before: dict[str, Any], after: dict[str, Any]) -> None:
    was = photo(**before)
    assert restore(trash(was, NOON - timedelta(days=3)), NOON) == replace(was, **after)


@pytest.mark.parametrize("state", [s for s in State if s is not State.TRASHED])
def test_restore_ignores_photos_outside_the_trash(state: State) -> None:
    assert restore(photo(state=state), NOON) == photo(state=state)


def test_publish_makes_pending_labels_due() -> None:
    copy = mark_duplicate(photo(labels_pending=True, due_at=NOON), "p0")
    assert (copy.state, copy.duplicate_of, copy.due_at) == (State.DUPLICATE, "p0", None)
    assert publish(copy, NOON) == photo(labels_pending=True, due_at=NOON)
